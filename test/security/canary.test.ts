import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { writeBackup } from "../../src/db/backup/backup-file.ts";
import { openDatabase } from "../../src/db/open/client.ts";
import { DAY, HOUR, plus } from "../../src/domain/instant.ts";
import { checkHealth } from "../../src/flow/operate/check-health.ts";
import { ping } from "../../src/flow/operate/ping.ts";
import { runCycle } from "../../src/flow/run-cycle.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { demoWorld, lastNight, releaseDay, releaseOnMain } from "../demo/world.ts";
import { aCanary, type Canary, findCanaries, type Sighting } from "../support/canary.ts";
import { headgate, startDaemon } from "../support/command.ts";
import { limited } from "../support/database.ts";
import { aFolder } from "../support/folder.ts";
import { lookAround } from "../support/look-around.ts";
import { misbehave } from "../support/misbehave.ts";
import { type Service, startPostgres, startRedis } from "../support/services.ts";
import { contentOf, entriesOf, filesBelow, rowsOf } from "../support/whole-stores.ts";
import { type ConnectProxy, startConnectProxy } from "../upstreams/connect-proxy.ts";
import { addToken } from "../upstreams/github/builders.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { type Receiver, startReceiver } from "../upstreams/receiver.ts";
import { startSmtp } from "../upstreams/smtp.ts";
import type { StandIn } from "../upstreams/stand-in.ts";

const secrets = {
  github: aCanary("GITHUB_TOKEN"),
  forgejo: aCanary("FORGEJO_TOKEN"),
  gitlab: aCanary("GITLAB_TOKEN"),
  smtp: aCanary("password of SMTP_URL"),
  registry: aCanary("login of a registry"),
  index: aCanary("login of NETRC"),
  http: aCanary("HEADGATE_HTTP_TOKEN"),
  proxy: aCanary("password of the proxy"),
  database: aCanary("password of DATABASE_URL"),
  redis: aCanary("password of REDIS_URL"),
  webhook: aCanary("WEBHOOK_SECRET"),
  chat: aCanary("path of a webhook"),
  ping: aCanary("path of the ping"),
};
const canaries: Canary[] = Object.values(secrets);

/** Everything that was said anywhere, by where. */
const said: { place: string; text: string }[] = [];
const hear = (place: string, text: string) => void said.push({ place, text });

let postgres: Service;
let redis: Service;
let standIns: StandIns;
let smtp: Awaited<ReturnType<typeof startSmtp>>;
let proxy: ConnectProxy;
let receiver: Receiver;
let environment: Record<string, string>;
let file: string;
let data: string;
const days = { now: new Date().toISOString() };
const today = days.now;
const world = demoWorld(() => days.now);
const withPassword = (url: string, user: string, { secret }: Canary) => url.replace("://", `://${user}:${secret}@`);

/** Three days of the demo in this process, with trouble of every kind; then a daemon on the same store, and commands. */
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  await protectByPassword(redis.url, secrets.redis.secret);
  standIns = await startStandIns(world);
  smtp = await startSmtp({ login: { user: "robot", password: secrets.smtp.secret } });
  proxy = await startConnectProxy({});
  receiver = await startReceiver();
  addToken(world.github, { secret: secrets.github.secret });
  world.hub.users = { robot: secrets.registry.secret };
  ({ file, data, environment } = settings());
  await playInProcess();
  await playDaemon();
});

afterAll(async () => {
  await Promise.all([
    standIns?.close(),
    smtp?.close(),
    proxy?.close(),
    receiver?.close(),
    postgres?.stop(),
    redis?.stop(),
  ]);
  if (file !== undefined) rmSync(dirname(file), { recursive: true, force: true });
});

function settings() {
  const folder = mkdtempSync(join(tmpdir(), "headgate-canary-"));
  const clone = "RUN git clone --branch v1.0.0 https://git.example.org/example/tool /tool";
  writeFileSync(join(folder, "Dockerfile"), `FROM broken.example/team/tool:1.0.0\n${clone}\n`);
  const data = join(folder, "data");
  mkdirSync(data);
  const docker = join(folder, "docker");
  mkdirSync(docker);
  const auth = Buffer.from(`robot:${secrets.registry.secret}`).toString("base64");
  const hosts = [standIns.hub.url, standIns.other.url].map((url) => [new URL(url).host, { auth }]);
  writeFileSync(join(docker, "config.json"), JSON.stringify({ auths: Object.fromEntries(hosts) }));
  const netrc = join(folder, "netrc");
  const index = new URL(standIns.pypi.url).host;
  writeFileSync(netrc, `machine ${index} login robot password ${secrets.index.secret}\n`);
  const ping = `service: { ping-url: "${receiver.url}ping/${secrets.ping.secret}" }\n`;
  const hooks = `  webhook:
    hooks:
      - { name: program, url: "${receiver.url}program" }
      - { name: chat, url-from: WEBHOOK_URL_CHAT, form: slack }
`;
  const written = configFor(standIns, data, undefined, ping)
    .replace("deliver:\n", `deliver:\n${hooks}`)
    .replace("allow-private: [", `allow-private: ["${new URL(receiver.url).host}", `)
    .replace("watch:\n", `watch:\n  - { path: ${folder}, name: local }\n`)
    .replace(standIns.smtp.url, smtp.url)
    .replace(
      "registries:\n",
      `registries:\n    broken.example: { url: "https://${new URL(standIns.other.url).host}" }\n`,
    )
    .replace("network:\n", "network:\n  proxy: environment\n");
  const file = join(folder, "headgate.yaml");
  writeFileSync(file, written.replace(`url: "${smtp.url}", `, ""));
  const environment = {
    GITHUB_TOKEN: secrets.github.secret,
    FORGEJO_TOKEN: secrets.forgejo.secret,
    GITLAB_TOKEN: secrets.gitlab.secret,
    SMTP_URL: withPassword(smtp.url, "robot", secrets.smtp),
    DOCKER_CONFIG: docker,
    NETRC: netrc,
    HEADGATE_HTTP_TOKEN: secrets.http.secret,
    HTTPS_PROXY: withPassword(proxy.url, "robot", secrets.proxy),
    DATABASE_URL: postgres.url.replace("headgate@", `headgate:${secrets.database.secret}@`),
    REDIS_URL: withPassword(redis.url, "", secrets.redis),
    WEBHOOK_SECRET: secrets.webhook.secret,
    WEBHOOK_URL_CHAT: `${receiver.url}services/${secrets.chat.secret}`,
  };
  return { file, data, environment };
}

async function playInProcess(): Promise<void> {
  const config = readConfig({ file, environment });
  if (isFailure(config)) throw config;
  const log = createLog({ json: true, level: "info", write: (line) => hear("log of a cycle", line) });
  days.now = plus(today, -13 * DAY);
  const opened = await openFlow(config, log, () => days.now);
  if (isFailure(opened)) throw opened;
  const cycle = async () => hear("summary of a cycle", JSON.stringify(await runCycle(opened.flow)));
  await cycle();
  days.now = plus(today, -12 * DAY);
  releaseDay(world, days.now);
  const pilot = findRepository(world.github, "harbourlights", "pilot");
  if (pilot === undefined) throw new Error("the demo's repository is gone");
  releaseOnMain(world.github, pilot, {
    tag: "v1.5.1",
    publishedAt: days.now,
    notes: `- seen: ${secrets.github.secret}`,
    assets: ["pilot-linux-amd64"],
  });
  days.now = plus(days.now, HOUR);
  misbehave(standIns, smtp, secrets);
  receiver.answer = { status: 500, headers: { "x-echo": secrets.chat.secret } };
  await cycle();
  await ping(opened.flow);
  receiver.answer = { status: 204 };
  await ping(opened.flow);
  days.now = today;
  lastNight(world, days.now);
  misbehave(standIns, smtp, secrets);
  await cycle();
  await cycle();
  hear("self-check", JSON.stringify(await checkHealth(opened.flow)));
  const backup = await writeBackup(opened.flow.db, join(data, "by-hand.jsonl.gz"), days.now);
  if (isFailure(backup)) throw backup;
  await opened.close();
}

const COMMANDS = [
  ["doctor"],
  ["plan", "--json"],
  ["digest"],
  ["alerts", "--all", "--json"],
  ["explain", "pkg:github/harbourlights/pilot@1.5.1", "--json"],
  ["trust-roots"],
  ["audit"],
  ["export", "--format", "sarif"],
];

async function playDaemon(): Promise<void> {
  misbehave(standIns, smtp, secrets);
  const client = new pg.Client(postgres.url);
  await client.connect();
  const daemon = await startDaemon(file, environment);
  await client.query("ALTER TABLE headgate.candidates RENAME TO gone");
  await knock(readAddress().url);
  await new Promise((resolve) => setTimeout(resolve, 3_000)); // jobs fail meanwhile, and say why
  await client.query("ALTER TABLE headgate.gone RENAME TO candidates");
  await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'headgate'");
  await client.end();
  for (const command of COMMANDS) {
    const { out, err } = await headgate([...command, "--config", file], { env: environment });
    hear(`headgate ${command.join(" ")}`, out + err);
  }
  const { out, err } = await daemon.stop();
  hear("output of the daemon", out + err);
}

function readAddress(): { url: string; token: string } {
  const path = join(data, "daemon.json");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  return JSON.parse(readFileSync(path, "utf8")) as { url: string; token: string };
}

/** Asks the daemon for everything it has, as itself and as a stranger. */
async function knock(url: string): Promise<void> {
  const paths = [
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/login",
    "/api/openapi.json",
    "/api/v1/candidates",
    "/letters/x",
    "/nothing",
  ];
  for (const path of paths) {
    for (const headers of [{}, { authorization: `Bearer ${secrets.http.secret}` }]) {
      const answer = await fetch(`${url}${path}`, { headers, redirect: "manual" });
      hear(`GET ${path}`, JSON.stringify([...answer.headers]) + (await answer.text()));
    }
  }
  const { pages, operations } = await lookAround(url, secrets.http.secret, hear);
  expect(pages).toBeGreaterThan(12);
  expect(operations).toBeGreaterThan(4);
  for (const name of ["check-health", "plan", "list-alerts", "nonsense"]) {
    const headers = { authorization: `Bearer ${secrets.http.secret}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/api/commands/${name}`, { method: "POST", headers, body: "{}" });
    hear(`POST /api/commands/${name}`, await answer.text());
  }
}

const sightings = (): Sighting[] => said.flatMap(({ place, text }) => findCanaries(place, text, canaries));

async function protectByPassword(url: string, password: string): Promise<void> {
  const client = new Redis(url);
  await client.config("SET", "requirepass", password);
  client.disconnect();
}

describe.skipIf(limited())("a canary in every secret", () => {
  it("is not found by a search that finds nothing: the secrets were used, and the trouble happened", async () => {
    const sent = (standIn: StandIn) => standIn.requests.map((request) => JSON.stringify(request.headers));
    const told = [sent(standIns.github), sent(standIns.pypi), sent(standIns.hub)].map((all) =>
      all.some((one) => findCanaries("", one, canaries).length > 0),
    );
    expect(told).toEqual([true, true, true]);
    expect(
      proxy.asked.some(({ authorization }) => findCanaries("", authorization ?? "", [secrets.proxy]).length > 0),
    ).toBe(true);
    expect(smtp.messages.length).toBeGreaterThan(0);
    const hooked = receiver.received.map(({ path }) => path);
    for (const path of ["/program", `/services/${secrets.chat.secret}`, `/ping/${secrets.ping.secret}`])
      expect(hooked, path).toContain(path);
    expect(receiver.received.some(({ headers }) => headers["webhook-signature"] !== undefined)).toBe(true);
    const statuses = [standIns.github, standIns.pypi, standIns.hub, standIns.osv].flatMap(({ requests }) =>
      requests.map(({ status }) => status),
    );
    expect(statuses).toEqual(expect.arrayContaining([0, 302, 401, 403]));
    const everything = said.map(({ text }) => text).join("\n");
    for (const word of ["candidates", "certificate|SSL|TLS|wrong version", "through the proxy", "refused for good"]) {
      expect(everything, word).toMatch(new RegExp(word));
    }
    expect(await entriesOf(withPassword(redis.url, "", secrets.redis))).not.toEqual([]);
  });

  it("appears in no log, page, answer, summary or output of a command", () => {
    expect(sightings()).toEqual([]);
  });

  it("appears in no row of any table", async () => {
    const rows = await rowsOf(postgres.url);
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.flatMap((row) => findCanaries(row.slice(0, 40), row, canaries))).toEqual([]);
  });

  it("appears in no job, and nothing else of the queue", async () => {
    const entries = await entriesOf(withPassword(redis.url, "", secrets.redis));
    expect(entries.flatMap((entry) => findCanaries(entry.slice(0, 40), entry, canaries))).toEqual([]);
  });

  it("appears in no mail", () => {
    const mails = smtp.messages.map(({ raw }) => raw.toString().replace(/=\r?\n/g, ""));
    expect(mails.flatMap((mail) => findCanaries("mail", mail, canaries))).toEqual([]);
  });

  it("appears in no file of the data directory, nor in a backup", () => {
    const files = filesBelow(data);
    expect(files.filter((path) => path.endsWith(".jsonl.gz"))).not.toEqual([]);
    expect(files.flatMap((path) => findCanaries(path, contentOf(path), canaries))).toEqual([]);
  });

  it("in what signs or addresses webhooks and the ping is in no webhook", () => {
    const sent = receiver.received.map(({ headers, body }) => JSON.stringify(headers) + body);
    expect(sent.flatMap((one) => findCanaries("webhook", one, canaries))).toEqual([]);
  });

  it("goes to its own service, in the header for it, and nowhere else", () => {
    const own: Record<string, Canary | undefined> = {
      github: secrets.github,
      pypi: secrets.index,
      hub: secrets.registry,
      other: secrets.registry,
    };
    const wrong = Object.entries(standIns).flatMap(([name, standIn]) => {
      if (typeof standIn !== "object" || !("requests" in standIn)) return [];
      return (standIn as StandIn).requests.flatMap(({ method, path, query, headers, body }) => {
        const { authorization = "", ...others } = headers;
        const elsewhere = findCanaries(
          `${name} ${path}`,
          `${method} ${path} ${query} ${JSON.stringify(others)} ${body}`,
          canaries,
        );
        const strangers = canaries.filter((one) => one !== own[name]);
        return [...elsewhere, ...findCanaries(`${name} ${path}: authorization`, authorization, strangers)];
      });
    });
    expect(wrong).toEqual([]);
    expect(
      findCanaries(
        "",
        proxy.asked.map((one) => JSON.stringify(one)).join(),
        canaries.filter((one) => one !== secrets.proxy),
      ),
    ).toEqual([]);
  });

  it("is not said by a start that fails", async () => {
    const bad = aCanary("a password that is wrong");
    for (const wrong of [
      { DATABASE_URL: postgres.url.replace("headgate@", `headgate:${bad.secret}@`).replace("/postgres", "/nowhere") },
      { REDIS_URL: withPassword(redis.url, "", bad) },
    ]) {
      const { code, out, err } = await headgate(["run", "--config", file], { env: { ...environment, ...wrong } });
      expect(code, err).toBe(2);
      expect(findCanaries("output", out + err, [...canaries, bad])).toEqual([]);
    }
  });

  it.each([
    ["a server that is not there", (secret: string) => `postgres://headgate:${secret}@127.0.0.1:1/x`],
    ["no address", (secret: string) => `headgate:${secret}@db`],
    ["odd characters in the password", (secret: string) => `postgres://headgate:p/${secret}@ss@127.0.0.1:1/x`],
  ])("is not said of a database's address: %s", async (_name, urlOf) => {
    const bad = aCanary("a password that is wrong");
    const failure = await openDatabase({ url: urlOf(bad.secret), dataDir: data });
    expect(isFailure(failure)).toBe(true);
    expect(findCanaries("message", String((failure as Error).message), [bad])).toEqual([]);
  });

  it("is not said by a configuration that is refused", async () => {
    const bad = aCanary("a password in the wrong place");
    const folder = aFolder({
      "headgate.yaml": `watch: [{ path: . }]\nupstreams: { github: { api: "https://u:${bad.secret}@ghe.example.org" } }\nnetwork: { proxy: "http://u:${bad.secret}@proxy" }\ndeliver: { e-mail: { url: "smtp//u:${bad.secret}@mail", from: "x", to: [] } }\n`,
    });
    const { code, out, err } = await headgate(["doctor", "--config", join(folder, "headgate.yaml")]);
    expect(code).toBe(2);
    expect(findCanaries("output", out + err, [bad])).toEqual([]);
  });
});
