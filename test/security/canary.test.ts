import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
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
import { createSmtp } from "../../src/lib/mail/smtp.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { REPORT_IDS } from "../../src/views/reports.ts";
import { configFor, type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { demoWorld, lastNight, releaseDay, releaseOnMain } from "../demo/world.ts";
import { aCanary, type Canary, findCanaries, type Sighting } from "../support/canary.ts";
import { headgate, startDaemon } from "../support/command.ts";
import { copyMigrated, limited } from "../support/database.ts";
import { aFolder } from "../support/folder.ts";
import { type Service, startPostgres, startRedis } from "../support/services.ts";
import { type ConnectProxy, startConnectProxy } from "../upstreams/connect-proxy.ts";
import { addInstallation, addToken } from "../upstreams/github/builders.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { type Receiver, startReceiver } from "../upstreams/receiver.ts";
import { startSmtp } from "../upstreams/smtp.ts";
import type { Received, StandIn } from "../upstreams/stand-in.ts";

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
}, 300_000);

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

/** Whoever was told a secret repeats it, in the body, in headers and in where it redirects to. */
function misbehave(): void {
  const { github, index, registry } = secrets;
  const is = (path: RegExp) => (request: Received) => path.test(request.path);
  standIns.github.fail(
    is(/^\/repos\/[^/]+\/[^/]+\/(?:statuses|commits)/),
    { status: 403, body: { message: `Token ${github.secret} may not` } },
    2,
  );
  standIns.github.fail(is(/^\/graphql$/), { status: 401, body: { message: `Bad credentials: ${github.secret}` } }, 1);
  standIns.github.fail(
    is(/^\/graphql$/),
    { body: { data: null, errors: [{ type: "FORBIDDEN", message: `${github.secret} has no access` }] } },
    1,
  );
  standIns.pypi.fail(
    is(/jinja2/),
    { status: 401, headers: { "www-authenticate": `Basic realm="${index.secret}"` }, body: `no ${index.secret}` },
    3,
  );
  standIns.pypi.fail(
    is(/requests/),
    { status: 302, headers: { location: `https://mirror.example.org/?password=${index.secret}` } },
    2,
  );
  standIns.osv.fail(() => true, "reset", 1);
  const basic = Buffer.from(`robot:${registry.secret}`).toString("base64");
  standIns.hub.fail(
    is(/token/),
    { status: 403, body: { errors: [{ code: "DENIED", message: `robot:${registry.secret} ${basic}` }] } },
    2,
  );
  standIns.hub.fail(
    is(/alpine/),
    { status: 401, headers: { "www-authenticate": `Bearer realm="${standIns.hub.url}/${registry.secret}"` } },
    2,
  );
  standIns.osv.fail(() => true, { status: 500, body: "broken" }, 1);
  smtp.refuse("second@example.org", 550);
  smtp.failNext("sender-refused");
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
  misbehave();
  receiver.answer = { status: 500, headers: { "x-echo": secrets.chat.secret } };
  await cycle();
  await ping(opened.flow);
  receiver.answer = { status: 204 };
  await ping(opened.flow);
  days.now = today;
  lastNight(world, days.now);
  misbehave();
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
  misbehave();
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
  await lookAround(url);
  for (const name of ["check-health", "plan", "list-alerts", "nonsense"]) {
    const headers = { authorization: `Bearer ${secrets.http.secret}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/api/commands/${name}`, { method: "POST", headers, body: "{}" });
    hear(`POST /api/commands/${name}`, await answer.text());
  }
}

/** Every page that links lead to from the first one, and everything that the API gives out. */
async function lookAround(url: string): Promise<void> {
  const login = await fetch(`${url}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token: secrets.http.secret, person: "maintainer" }).toString(),
  });
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const seen = new Set<string>();
  const todo = ["/"];
  for (let path = todo.shift(); path !== undefined && seen.size < 60; path = todo.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await fetch(`${url}${path}`, { headers: { cookie }, redirect: "manual" });
    const text = await answer.text();
    hear(`page ${path}`, text);
    const links = [...text.matchAll(/href="(\/[^"#]*)"/g)].map(([, link = ""]) => link.replaceAll("&amp;", "&"));
    todo.push(...links.filter((link) => !link.startsWith("/assets") && !/[?&](?:page|order|by)=/.test(link)));
  }
  expect(seen.size).toBeGreaterThan(12);
  const headers = { authorization: `Bearer ${secrets.http.secret}` };
  const document = await (await fetch(`${url}/api/openapi.json`, { headers })).json();
  const { paths } = document as { paths: Record<string, { get?: unknown }> };
  const readable = Object.entries(paths).flatMap(([path, { get }]) =>
    get !== undefined && !path.includes("{") ? [path] : [],
  );
  expect(readable.length).toBeGreaterThan(4);
  for (const path of [...readable, ...REPORT_IDS.map((id) => `/api/v1/exports/${id}`)])
    hear(`GET ${path}`, await (await fetch(`${url}${path}`, { headers })).text());
}

/** A file as it is, and as it is once unpacked. */
function contentOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
}

const sightings = (): Sighting[] => said.flatMap(({ place, text }) => findCanaries(place, text, canaries));

/** Every row of every table, ours and the queue's, as text. */
async function rowsOf(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const tables = await client.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  const rows: string[] = [];
  for (const { name } of tables.rows) {
    const found = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    rows.push(...found.rows.map(({ row }) => `${name} ${row}`));
  }
  await client.end();
  return rows;
}

async function protectByPassword(url: string, password: string): Promise<void> {
  const client = new Redis(url);
  await client.config("SET", "requirepass", password);
  client.disconnect();
}

async function entriesOf(url: string): Promise<string[]> {
  const client = new Redis(url);
  await client.config("SET", "rdbcompression", "no"); // so that a dump holds what it holds as it is
  const entries: string[] = [];
  for await (const keys of client.scanStream()) {
    for (const key of keys as string[]) entries.push(`${key} ${(await client.dumpBuffer(key)).toString("latin1")}`);
  }
  client.disconnect();
  return entries;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "daemon.json")
    .map((entry) => join(entry.parentPath, entry.name));
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

describe("a canary in the key of an App", () => {
  it("is in nothing that is said, nor are its tokens", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const own = demoWorld(() => today);
    const services = await startStandIns(own);
    addInstallation(own.github);
    services.github.fail(({ path }) => path === "/graphql", { status: 401, body: { message: "Bad credentials" } }, 1);
    const folder = aFolder();
    writeFileSync(join(folder, "headgate.yaml"), configFor(services, join(folder, "data")));
    await copyMigrated(join(folder, "data"));
    const env = { GITHUB_APP_ID: "1", GITHUB_APP_PRIVATE_KEY: pem };
    const texts: string[] = [];
    for (const command of [["run", "--once"], ["doctor"]]) {
      const { out, err } = await headgate([...command, "--config", join(folder, "headgate.yaml")], { env });
      texts.push(out, err);
    }
    texts.push(...filesBelow(join(folder, "data")).map((path) => readFileSync(path, "latin1")));
    const jwts = services.github.requests
      .flatMap(({ headers }) => /eyJ\S+/.exec(headers.authorization ?? "") ?? [])
      .map(String);
    const tokens = [...own.github.tokens.keys()].filter((token) => token.startsWith("ghs_"));
    expect(jwts).not.toEqual([]);
    expect(tokens).not.toEqual([]);
    const found = [...pem.split("\n").filter((line) => line.length === 64), ...jwts, ...tokens].filter((secret) =>
      texts.some((text) => text.includes(secret)),
    );
    expect(found).toEqual([]);
    await services.close();
  });
});

describe("a mail server that repeats what it was told", () => {
  it.each(["PLAIN", "LOGIN"])("by AUTH %s is quoted without it", async (mechanism) => {
    const password = aCanary("password");
    const server = createServer((socket) => {
      let heard = "";
      socket.write("220 mail\r\n");
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        const line = chunk.toString().trim();
        heard += ` ${line}`;
        if (/^EHLO/.test(line)) socket.write(`250-mail\r\n250 AUTH ${mechanism}\r\n`);
        else if (/^AUTH LOGIN$/.test(line)) socket.write("334 VXNlcm5hbWU6\r\n");
        else if (
          mechanism === "LOGIN" &&
          heard.split(" ").length < 7 &&
          !/^AUTH/.test(line) &&
          !heard.includes("second")
        ) {
          heard += " second";
          socket.write("334 UGFzc3dvcmQ6\r\n");
        } else socket.write(`535 5.7.8 not with ${heard} ${password.secret}\r\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const client = await createSmtp(`smtp://robot:${password.secret}@127.0.0.1:${port}`);
    if (isFailure(client)) throw client;
    const failure = await client.verify();
    client.close();
    server.close();
    expect(failure).toMatchObject({ code: "unauthorized", message: expect.stringContaining("not with") });
    expect(findCanaries("message", failure?.message ?? "", [password])).toEqual([]);
  });
});
