import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Database } from "../../src/db/database.ts";
import { openDatabase } from "../../src/db/open/client.ts";
import { sql } from "../../src/db/sql/orm.ts";
import { DAY } from "../../src/domain/instant.ts";
import { toComponents } from "../../src/domain/pin.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { discoverProject } from "../../src/flow/discover/discover-project.ts";
import type { Planned } from "../../src/flow/plan/planned.ts";
import { recordDecided } from "../../src/flow/plan/record-decided.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { aCandidate, aCheck, aDecision, aRelease, aScore } from "../support/build.ts";
import { startDashboard } from "../support/dashboard.ts";
import { copyEmpty } from "../support/database.ts";
import { startPostgres } from "../support/services.ts";

/**
 * `npm run bench:pages -- [--components N] [--embedded] [--tree PATH]`: what pages cost the server with N components (10,000) in a
 * PostgreSQL server of its own, or in the embedded store. Prints the median milliseconds of eleven looks at each page,
 * the processor time of this process (which the embedded store runs in, so that a busy machine does not change it), and
 * what it transfers, gzipped, without and with the files that a first look brings. With a tree: what the pages of its candidates
 * cost instead, one for each component, as first pages that nobody looked at, and until the change is there.
 */
const LOOKS = 11;
const NOW = "2026-11-20T12:00:00.000Z";

const policy = { responseTimes: { critical: DAY, high: 3 * DAY, medium: 7 * DAY } };

/** Component and candidate pages read one upstream's rows, however many others there are: they are not among these. */
const PAGES = [
  "/",
  "/components",
  "/components?page=100",
  "/components?q=name-77",
  "/components?q=docker%2Fimage-12",
  "/components?state=held&sort=behind&direction=down",
  "/components?sort=trust&direction=down",
  "/components?view=drift",
  "/components?view=unpinned&project=project-3",
  "/advisories",
  "/advisories?q=name-77&urgency=overdue",
  "/integrity",
  "/deliveries",
  "/deliveries?page=40",
  "/problems",
  "/audit",
  "/audit?q=image-12",
  "/progress",
];

async function main(count: number, embedded: boolean, checkout: string | undefined): Promise<void> {
  const server = embedded ? undefined : await startPostgres();
  const dataDir = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  if (embedded) await copyEmpty(dataDir);
  const opened = await openDatabase({ url: server?.url, dataDir });
  if (isFailure(opened)) throw opened;
  try {
    if (checkout !== undefined) return await lookAtCandidates(opened.db, checkout);
    await fill(opened.db, count);
    const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
    const flow = { db: opened.db, log, clock: () => NOW, projects: [], freshness: { default: DAY }, policy };
    const { browser, app } = startDashboard(flow as unknown as FlowContext);
    await browser.logIn();
    const files = await filesOf(app, await (await browser.get("/")).text());
    process.stdout.write(`${count} components, ${opened.kind} store\n`);
    for (const path of PAGES) {
      const { milliseconds, busy, kilobytes } = await look(browser, path);
      const first = (kilobytes + files).toFixed(1);
      process.stdout.write(
        `${milliseconds.toFixed(0).padStart(5)} ms (${busy.toFixed(0).padStart(3)} ms of processor time)  ${kilobytes.toFixed(1).padStart(5)} KB (${first} KB at first)  ${path}\n`,
      );
    }
  } finally {
    await opened.close();
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The first twenty candidates are looked at one after another, as somebody does who goes through them. */
async function lookAtCandidates(db: Database, checkout: string): Promise<void> {
  const { flow, candidates } = await fillFrom(db, checkout);
  const pages = candidates.slice(0, 20).map((id) => `/candidates/${id}`);
  const { browser } = startDashboard(flow);
  await browser.logIn();
  const told: Told[] = [];
  for (const path of pages) told.push(await timePage(browser, path));
  const line = ({ shown, pending, built, longest }: Told) =>
    `page ${shown.toFixed(0)} ms${pending ? "" : " with its change"}, change after ${built.toFixed(0)} ms, others held up for ${longest.toFixed(0)} ms at most`;
  process.stdout.write(`${candidates.length} candidates\nthe first: ${told.slice(0, 1).map(line)}\n`);
  process.stdout.write(
    `the first, ${READING / 1_000} s after the overview: ${line(await afterOverview(flow, pages[0] ?? ""))}\n`,
  );
  const next = told.slice(1);
  const middle = (key: "shown" | "built" | "longest") => medianOf(next.map((one) => one[key]));
  const median = { shown: middle("shown"), built: middle("built"), longest: middle("longest") };
  process.stdout.write(
    `the median of the next ${next.length}: ${line({ ...median, pending: next.some(({ pending }) => pending) })}\n`,
  );
  process.stdout.write(`the slowest page of these: ${Math.max(...next.map(({ shown }) => shown)).toFixed(0)} ms\n`);
}

async function timePage(browser: Front["browser"], path: string): Promise<Told> {
  const begun = performance.now();
  const page = await (await browser.get(path)).text();
  const shown = performance.now() - begun;
  const busy = await holdsUp(async () => void (await (await browser.get(`${path}?change=wait`)).text()));
  return { shown, pending: page.includes("data-pending"), built: performance.now() - begun, ...busy };
}

/** How long somebody reads the first page before they follow one of its links, in milliseconds. */
const READING = 3_000;

/** The same page in a process that served the overview alone before. */
async function afterOverview(flow: FlowContext, path: string): Promise<Told> {
  const { browser } = startDashboard(flow);
  await browser.logIn();
  await (await browser.get("/")).text();
  await pause(READING);
  return timePage(browser, path);
}

type Told = {
  readonly shown: number;
  readonly pending: boolean;
  readonly built: number;
  readonly longest: number;
};

/** The longest stretch in which nobody else was served while something is done. */
async function holdsUp(work: () => Promise<void>): Promise<{ readonly longest: number }> {
  let [longest, last, done] = [0, performance.now(), false];
  const watch = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!done) setImmediate(watch);
  };
  setImmediate(watch);
  await work();
  done = true;
  watch();
  return { longest };
}

/** A project of a checkout's files, and for each of its components a candidate that is held. */
async function fillFrom(db: Database, checkout: string) {
  const project = {
    id: "checkout",
    name: "checkout",
    source: { kind: "path", path: checkout },
    ignorePaths: [],
  } as const;
  const log = createLog({ json: false, level: "error", write: (line) => void process.stderr.write(line) });
  const given = { db, log, clock: () => NOW, projects: [project], freshness: { default: DAY }, policy, forges: {} };
  const flow = given as unknown as FlowContext;
  const found = await discoverProject(flow, project);
  if (isFailure(found)) throw found;
  const planned = toComponents(project.id, found.pins)
    .filter(({ pins }) => pins.some(({ edits }) => edits.length > 0 && edits.every(({ of }) => of === undefined)))
    .map((component, index): Planned => {
      const { upstream } = component;
      const digests = { index: `sha256:${"a".repeat(64)}` };
      const to = aRelease({ upstream, version: "99.0.0", tag: "v99.0.0", commit: "c".repeat(40), digests });
      const candidate = aCandidate({
        id: createHash("sha256").update(`${index}`).digest("hex").slice(0, 12),
        component,
        to,
      });
      const card = { upstream, score: aScore(), checks: [aCheck()], signals: [] } as unknown as Planned["card"];
      return { project, candidate, card, decision: aDecision({ verdict: "hold" }) };
    });
  await recordDecided(flow, planned);
  return { flow, candidates: planned.map(({ candidate }) => candidate.id) };
}

type Front = ReturnType<typeof startDashboard>;

async function look(browser: Front["browser"], path: string) {
  const times: number[] = [];
  const worked: number[] = [];
  let kilobytes = 0;
  for (let index = 0; index < LOOKS; index += 1) {
    const [begun, before] = [performance.now(), process.cpuUsage()];
    const response = await browser.get(path, { "accept-encoding": "gzip" });
    const body = await response.arrayBuffer();
    times.push(performance.now() - begun);
    worked.push(process.cpuUsage(before).user / 1_000);
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
    kilobytes = body.byteLength / 1_024;
  }
  return { milliseconds: medianOf(times), busy: medianOf(worked), kilobytes };
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

async function filesOf(app: Front["app"], page: string): Promise<number> {
  const urls = new Set([...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, url = ""]) => url));
  let bytes = 0;
  for (const url of urls) {
    const body = await (await app.request(`http://127.0.0.1${url}`, { headers: { host: "127.0.0.1" } })).arrayBuffer();
    bytes += gzipSync(Buffer.from(body)).byteLength;
  }
  return bytes / 1_024;
}

/** Ten projects, three places for each component, every third with a candidate of which some are held. */
async function fill(db: Database, count: number): Promise<void> {
  const kinds = sql`(array['pypi/name', 'docker/image', 'github/owner/tool', 'githubactions/owner/action'])[1 + n % 4]`;
  const many = sql`generate_series(1, ${count}) n`;
  const statements = [
    sql`insert into headgate.projects (id, name, source, problems, due_at)
      select 'project-' || n, 'project-' || n, '{"kind":"path","path":"/x"}', '[]', now() from generate_series(0, 9) n`,
    sql`insert into headgate.upstreams (purl, source, due_at, known_since, last_success_at, complete, not_checked)
      select 'pkg:' || ${kinds} || '-' || n, (array['pypi','docker','github-releases','github-releases'])[1 + n % 4],
        ${NOW}::timestamptz, ${NOW}::timestamptz, ${NOW}::timestamptz - n * interval '1 second', true, '[]' from ${many}`,
    sql`insert into headgate.pins (project, ordinal, path, line, upstream, watched, pin)
      select 'project-' || n % 10, n * 3 + place, 'services/' || n % 400 || '/Dockerfile', 10 + place,
        'pkg:' || ${kinds} || '-' || n, true,
        jsonb_build_object('path', 'services/' || n % 400 || '/Dockerfile', 'line', 10 + place, 'version', '1.0.0', 'filler', repeat('x', 400))
      from ${many}, generate_series(0, 2) place`,
    sql`insert into headgate.candidates (id, project, upstream, component_key, from_versions, to_version, step, state,
        first_seen_at, updated_at, snapshot)
      select 'c' || n, 'project-' || n % 10, 'pkg:' || ${kinds} || '-' || n, 'key-' || n, '["1.0.0"]', '1.4.' || n % 7,
        'minor', (array['held','waiting','proposed'])[1 + n % 3], ${NOW}::timestamptz, ${NOW}::timestamptz - n * interval '1 minute',
        jsonb_build_object('filler', repeat(md5(n::text), 200), 'candidate', jsonb_build_object('fixes', '[]'::jsonb, 'introduces', '[]'::jsonb), 'card', '{"checks":[]}'::jsonb) from ${many} where n % 3 = 0 or n % 30 = 1 or n % 30 = 2`,
    sql`insert into headgate.decisions (candidate, verdict, reasons, by, checks, content, fingerprint, at)
      select id, 'hold', '[{"rule":"x","level":"hold","summary":"A major version is held until somebody approves it."}]',
        '"policy"', '[]', '{}', id, ${NOW}::timestamptz from headgate.candidates`,
    sql`insert into headgate.components (project, key, upstream, label, current_versions, places, unpinned, latest, lag,
        behind_since, trust, coverage, candidate, planned_at)
      select 'project-' || n % 10, 'key-' || n, 'pkg:' || ${kinds} || '-' || n, ${kinds} || '-' || n,
        case when n % 25 = 0 then '["1.0.0","1.1.0"]'::jsonb else '["1.0.0"]'::jsonb end, 3, case when n % 20 = 0 then 1 else 0 end,
        c.to_version, case when c.id is null then 0 else 4 end, c.updated_at, 5 + n % 50 / 10.0, n % 100 / 100.0, c.id, ${NOW}::timestamptz
      from ${many} left join headgate.candidates c on c.id = 'c' || n`,
    sql`insert into headgate.advisories (purl, version, id, source, advisory, first_seen_at, last_seen_at)
      select 'pkg:' || ${kinds} || '-' || n, '1.0.0', 'GHSA-' || n, 'osv', jsonb_build_object('id', 'GHSA-' || n, 'aliases', '[]'::jsonb,
        'severity', (array['critical','high','medium','low'])[1 + n % 4], 'summary', 'Reads more than it should', 'fixedIn', '["1.4.0"]'::jsonb),
        ${NOW}::timestamptz - n * interval '1 minute', ${NOW}::timestamptz from ${many} where n % 5 = 0`,
    sql`insert into headgate.alerts (project, upstream, class, subject, state, opened_at, updated_at, alert)
      select 'project-' || n % 10, 'pkg:' || ${kinds} || '-' || n, 'tag-moved', 'v1', 'open', ${NOW}::timestamptz, ${NOW}::timestamptz,
        jsonb_build_object('id', md5(n::text), 'project', 'project-' || n % 10, 'upstream', 'pkg:' || ${kinds} || '-' || n, 'class', 'tag-moved',
        'subject', 'v1', 'state', 'open', 'severity', 'high', 'summary', 'It moved.', 'next', 'Compare.', 'places', '[]'::jsonb,
        'openedAt', ${NOW}::text, 'evidence', '[]'::jsonb) from ${many} where n % 20 = 0`,
    sql`insert into headgate.deliveries (key, channel, subject_kind, subject_id, state, at)
      select 'd' || id, 'pull-request', 'candidate', id, 'sent', updated_at from headgate.candidates`,
    sql`update headgate.upstreams set failure = '{"code":"unavailable","message":"No answer.","since":"2026-11-19T00:00:00.000Z","count":3}'
      where purl like '%7'`,
    sql`update headgate.upstreams set not_checked = '["Platforms were not looked at."]' where purl like '%8'`,
    sql`insert into headgate.standings (project, day, components, known, behind, releases, days, upstreams, stale)
      select 'project-' || project, to_char(${NOW}::timestamptz - n * interval '1 day', 'YYYY-MM-DD'), 1000, 900, 300, 400 + n, 9000, 900, n % 5
      from generate_series(0, 9) project, generate_series(0, 399) n`,
    sql`analyze`,
  ];
  for (const statement of statements) await db.execute(statement);
}

const { values } = parseArgs({
  options: { components: { type: "string" }, embedded: { type: "boolean" }, tree: { type: "string" } },
});
await main(Number(values.components ?? 10_000), values.embedded ?? false, values.tree);
