import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Party, startParty } from "../chaos/party.ts";
import { AFTER, stormWorld } from "../chaos/storm-world.ts";
import { configFor, startStandIns } from "../demo/stand-ins.ts";
import { startPostgres, startRedis } from "../support/services.ts";
import { findRepository } from "../upstreams/github/world.ts";

/**
 * `npm run bench:approve -- [--clicks N] [--burst N]`: from a click on Approve in the dashboard, a form sent over HTTP
 * with a login, until its pull request is open on the stand-in of GitHub, through a web process, PostgreSQL, Redis, a
 * scheduler and two workers, with GitHub's pacing as it ships. First clicks one after another, then a burst of them.
 * Answers of the stand-ins take 150 ms, as GitHub's do.
 */
const { values } = parseArgs({
  options: { clicks: { type: "string", default: "10" }, burst: { type: "string", default: "10" } },
});
const [clicks, burst] = [Number(values.clicks), Number(values.burst)];
const TOKEN = "a-token-of-the-bench";
const ANSWER_MS = 150;
/** Nothing waits, everything is held until somebody approves it. */
const HELD = `policy: { settle: "0", waits: { default: "0", github: "0" } }
rules: [{ match: { step: minor }, hold: true, reason: "somebody looks at it" }]
schedule: { poll: "*/2 * * * * *" }
freshness: { default: 12s }
`;

const play = stormWorld(clicks + burst);
const standIns = await startStandIns(play.world, { delay: () => ANSWER_MS });
const [postgres, redis] = [await startPostgres(), await startRedis()];
const folder = mkdtempSync(join(tmpdir(), "headgate-approve-"));
const data = join(folder, "data");
mkdirSync(data);
const file = join(folder, "headgate.yaml");
const watch = play.projects.map((project) => `repository: ${project}`).join("\n  - ");
writeFileSync(
  file,
  configFor(standIns, data, watch, HELD)
    .replace("  writes: { minute: 0, hour: 0 }\n", "")
    .replace("pull-request: {}", "pull-request: { open-limit: 500 }"),
);
const environment = {
  GITHUB_TOKEN: play.world.token,
  DATABASE_URL: postgres.url,
  REDIS_URL: redis.url,
  HEADGATE_HTTP_TOKEN: TOKEN,
};
const parties: Party[] = ["web", "scheduler", "worker", "worker"].map((role, index) =>
  startParty(`${role} ${index}`, role, file, environment),
);
try {
  const url = await addressOf();
  await until(async () => (await listed()) !== undefined && asked() >= 1, "the first look");
  await pause(5_000);
  for (const name of play.upstreams) play.release(name);
  let candidates: readonly Listed[] = [];
  await until(async () => {
    candidates = (await listed()) ?? [];
    return candidates.length >= play.upstreams.length;
  }, "all candidates");
  const cookie = await logIn(url);
  const alone: number[] = [];
  for (const candidate of candidates.slice(0, clicks)) {
    alone.push(await click(url, cookie, candidate));
    await pause(3_000);
  }
  console.log(`one after another: ${told(alone)}`);
  await pause(60_000); // as after a quiet minute
  const together = await Promise.all(
    candidates.slice(clicks, clicks + burst).map((candidate) => click(url, cookie, candidate)),
  );
  console.log(`${burst} at once: ${told(together)}`);
} finally {
  await Promise.all(parties.map((party) => party.stop()));
  await Promise.all([standIns.close(), postgres.stop(), redis.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

type Listed = { readonly id: string; readonly upstream: string };

async function addressOf(): Promise<string> {
  let url = "";
  await until(async () => {
    try {
      url = (JSON.parse(readFileSync(join(data, "daemon.json"), "utf8")) as { url: string }).url;
    } catch {
      return false; // not written yet
    }
    return (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
  }, "the dashboard");
  return url;
}

function asked(): number {
  return standIns.pypi.requests.filter(({ status }) => status === 200).length;
}

async function listed(): Promise<readonly Listed[] | undefined> {
  const url = await addressOf();
  const headers = { authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${url}/api/v1/candidates`, { headers });
  return answer.ok ? ((await answer.json()) as { items: Listed[] }).items : undefined;
}

async function logIn(url: string): Promise<string> {
  const answer = await post(url, "/login", "", { token: TOKEN, person: "maintainer" });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  if (cookie === undefined) throw new Error(`the login was answered with ${answer.status}`);
  return cookie;
}

/** Milliseconds from the click until the pull request is open. The page was read before, as by a person. */
async function click(url: string, cookie: string, { id, upstream }: Listed): Promise<number> {
  const page = await (await fetch(`${url}/candidates/${id}`, { headers: { cookie } })).text();
  const form = /name="form" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const clicked = performance.now();
  const said = { form, action: "approve", by: "maintainer", reason: "read the notes" };
  const answer = await post(url, `/candidates/${id}`, cookie, said);
  if (answer.status !== 303) throw new Error(`the click was answered with ${answer.status}: ${await answer.text()}`);
  const name = upstream.split("/").at(-1) ?? "";
  await until(async () => titles().some((title) => title.includes(name) && title.includes(AFTER)), name);
  return performance.now() - clicked;
}

function post(url: string, path: string, cookie: string, fields: Record<string, string>): Promise<Response> {
  const headers = { cookie, origin: url, "sec-fetch-site": "same-origin" };
  return fetch(url + path, { method: "POST", redirect: "manual", headers, body: new URLSearchParams(fields) });
}

function titles(): string[] {
  return play.projects.flatMap((project) => {
    const [owner = "", name = ""] = project.split("/");
    return findRepository(play.world.github, owner, name)?.pullRequests.map(({ title }) => title) ?? [];
  });
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    if (await holds()) return;
    await pause(20);
  }
  throw new Error(`${what}: waited in vain. ${parties.map(({ name, said }) => `${name}: ${said()}`).join("\n")}`);
}

function told(milliseconds: readonly number[]): string {
  const seconds = milliseconds.map((one) => one / 1_000).sort((a, b) => a - b);
  const [median, longest] = [seconds[Math.floor(seconds.length / 2)], seconds.at(-1)];
  return `${seconds.length} clicks, from the click to an open pull request ${median?.toFixed(1)} s (median), ${longest?.toFixed(1)} s (longest)`;
}
