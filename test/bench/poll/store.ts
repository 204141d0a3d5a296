import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareComponent } from "../../../src/compare/compare.ts";
import { type OpenDatabase, openDatabase } from "../../../src/db/open/client.ts";
import { replacePins } from "../../../src/db/projects/pins.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { ensureUpstreams } from "../../../src/db/upstreams/upstreams.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { toComponents } from "../../../src/domain/pin.ts";
import type { Project } from "../../../src/domain/project.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { sourceOf } from "../../../src/poll/poll.ts";
import { copyEmpty, emptyTables } from "../../support/database.ts";
import { type Service, startPostgres } from "../../support/services.ts";
import type { MadeUp } from "./made-up.ts";

/** Where the state of a run is kept. */
export type Store = {
  readonly kind: OpenDatabase["kind"];
  readonly directory: string;
  readonly url: string | undefined;
  readonly close: () => Promise<void>;
};

const PROJECT = { id: "bench", name: "bench", source: { kind: "path", path: "/bench" }, ignorePaths: [] } as const;

/** A store of that kind, for all runs: a server of its own, or a directory. */
export async function startStore(kind: OpenDatabase["kind"]): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const server: Service | undefined = kind === "server" ? await startPostgres() : undefined;
  const close = async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { kind, directory, url: server?.url, close };
}

/** Forgets everything, and pins the made-up upstreams. */
export async function prepare(
  store: Store,
  upstreams: readonly MadeUp[],
  now: Instant,
  project: Project = PROJECT,
): Promise<void> {
  if (store.kind === "embedded") {
    rmSync(join(store.directory, "pglite"), { recursive: true, force: true });
    await copyEmpty(store.directory);
  }
  await withStore(store, async ({ db }) => {
    await emptyTables(db);
    await ensureProjects(db, [project], now);
    await replacePins(db, project.id, { pins: upstreams.map(({ pin }) => pin), problems: [] }, now);
    await ensureUpstreams(
      db,
      upstreams.map(({ purl }) => ({ purl, source: sourceId(purl) })),
      now,
    );
  });
}

/** How many polls an hour the schedule makes of all upstreams, by when each is asked next. */
export function countPolls(store: Store): Promise<number> {
  return withStore(store, async ({ db }) => {
    const { rows } = await db.execute<{ polls: string }>(
      sql`select sum(3600 / extract(epoch from due_at - last_success_at)) as polls from headgate.upstreams where due_at > last_success_at`,
    );
    return Number(rows[0]?.polls ?? 0);
  });
}

/** The upstreams whose newest acceptable version is not the one that is right, as sentences. */
export function findWrong(
  store: Store,
  upstreams: readonly MadeUp[],
  right: Readonly<Record<string, string>>,
  now: Instant,
): Promise<string[]> {
  return withStore(store, async ({ db }) => {
    const wrong: string[] = [];
    for (const upstream of upstreams) {
      const [component] = toComponents(PROJECT.id, [upstream.pin]);
      if (component === undefined) throw new Error(`${upstream.purl} is not pinned`);
      const releases = await releasesOf(db, upstream.purl);
      const { candidates } = compareComponent({ component, releases, allowPrereleases: false, now });
      const found = candidates[0]?.to.tag;
      const expected = right[upstream.purl] ?? upstream.right;
      if (found !== expected) wrong.push(`${upstream.purl}: ${found ?? "nothing"} instead of ${expected}`);
    }
    return wrong;
  });
}

/** Seconds of processor time that a server of ours has used: its main process, those it has, and those that ended. */
export async function serverTime(store: Store): Promise<number> {
  if (store.url === undefined) return 0;
  const directory = await withStore(store, async ({ db }) => {
    const { rows } = await db.execute<{ data_directory: string }>(sql`show data_directory`);
    return rows[0]?.data_directory ?? "";
  });
  const [main = ""] = readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n");
  const ticks = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ticksOf(pid, main));
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_A_SECOND;
}

const TICKS_A_SECOND = 100;

/** proc_pid_stat(5): the parent is field 4; own ticks are 14 and 15, those of children that ended 16 and 17. */
function ticksOf(pid: string, main: string): number {
  const stat = statOf(pid);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (pid !== main && fields[1] !== main) return 0;
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}

/** Empty: the process has ended since it was listed, and its ticks are its parent's. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}

async function withStore<Result>(store: Store, use: (opened: OpenDatabase) => Promise<Result>): Promise<Result> {
  const opened = await openDatabase({ url: store.url, dataDir: store.directory });
  if (isFailure(opened)) throw opened;
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

function sourceId(purl: string): string | undefined {
  const source = sourceOf(purl);
  return isFailure(source) ? undefined : source.id;
}
