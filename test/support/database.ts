import { createHash } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../src/db/database.ts";
import { type OpenDatabase, openDatabase } from "../../src/db/open/client.ts";
import { sql } from "../../src/db/sql/orm.ts";
import { DAY } from "../../src/domain/instant.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { startPostgres } from "./services.ts";

/** A store for one test file, with its own directory or server; `close` removes both. `takeAway`: what a broken server does. */
export type TestDatabase = OpenDatabase & { readonly takeAway: () => Promise<void> };

/** The kinds of store that the tests run on. `HEADGATE_TEST_BACKENDS=embedded` limits them to what needs no server. */
export const STORES: readonly OpenDatabase["kind"][] = limited() ? ["embedded"] : ["embedded", "server"];

/** True when only the embedded store is to be tested. */
export function limited(): boolean {
  return process.env.HEADGATE_TEST_BACKENDS === "embedded";
}

/** Opens an empty store of a kind. The embedded one starts from a copy: creating and migrating one takes seconds. */
export async function openTestDatabase(kind: OpenDatabase["kind"] = "embedded"): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), "headgate-store-"));
  const server = kind === "server" ? await startPostgres() : undefined;
  if (server === undefined) await copyMigrated(dataDir);
  const opened = await openDatabase({ url: server?.url, dataDir });
  if (isFailure(opened)) throw opened;
  opened.pool.setMaxListeners(0); // tests open more queues on one pool than a process ever does
  return {
    ...opened,
    takeAway: server?.stop ?? opened.close,
    close: async () => {
      await opened.close();
      await server?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * Empties every table, so that each test starts from nothing. Rows are deleted, with neither foreign keys nor triggers in
 * the way: truncating makes every table and index anew, a quarter of a second of work for the few rows that a test leaves.
 * After one that left many it is done all the same, lest every later test wades through the dead ones.
 */
export async function emptyTables(db: Database): Promise<void> {
  await db.execute(
    sql.raw(`do $$
      declare
        one record;
      begin
        perform set_config('session_replication_role', 'replica', true);
        if (select max(pg_relation_size(relid)) > ${FEW_BYTES} from pg_stat_user_tables where schemaname = 'headgate') then
          perform set_config('headgate.retention', 'on', true);
          execute (select 'truncate ' || string_agg(format('headgate.%I', tablename), ', ') || ' restart identity'
            from pg_tables where schemaname = 'headgate' and tablename <> 'migrations');
          return;
        end if;
        for one in select tablename as name from pg_tables where schemaname = 'headgate' and tablename <> 'migrations' loop
          execute format('delete from headgate.%I', one.name);
        end loop;
        for one in select sequencename as name, start_value from pg_sequences where schemaname = 'headgate' and last_value is not null loop
          perform setval(format('headgate.%I', one.name), one.start_value, false);
        end loop;
      end $$`),
  );
}

const FEW_BYTES = 256 * 1024;

/** Puts an embedded store without a schema into a data directory: for what becomes of one. */
export async function copyEmpty(dataDir: string): Promise<void> {
  await copyOnceMade("headgate-empty-small-store", dataDir, async (folder) => {
    const { PGlite } = await import("@electric-sql/pglite");
    const database = await PGlite.create({ dataDir: join(folder, "pglite") });
    await database.close();
    // Filling its memory takes as long as opening the rest, and tests have few rows.
    appendFileSync(join(folder, "pglite/postgresql.auto.conf"), "shared_buffers = 16MB\n");
  });
}

const MIGRATED = "headgate-migrated";

/** Puts an embedded store with today's schema and no rows into a data directory: for everything else. */
export async function copyMigrated(dataDir: string): Promise<void> {
  await copyOnceMade(`${MIGRATED}-small-store-${schemaName()}`, dataDir, async (folder) => {
    dropOld();
    await copyEmpty(folder);
    const opened = await openDatabase({ url: undefined, dataDir: folder });
    if (isFailure(opened)) throw opened;
    await opened.close();
  });
}

/** Another name for every other set of migrations. */
function schemaName(): string {
  const folder = join(import.meta.dirname, "../../migrations");
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".sql")))
    hash.update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}

/** Copies of schemas that are no more. One of the last day may belong to a run that is still under way. */
function dropOld(): void {
  for (const name of readdirSync(CACHE).filter((one) => one.startsWith(`${MIGRATED}-`))) {
    const folder = join(CACHE, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > DAY) rmSync(folder, { recursive: true, force: true });
  }
}

const CACHE = join(import.meta.dirname, "../../node_modules/.cache");

/** One is made per installation and kept beside its packages. `make` leaves it as `pglite` in a folder. */
async function copyOnceMade(name: string, dataDir: string, make: (folder: string) => Promise<void>): Promise<void> {
  const cache = join(CACHE, name);
  if (!existsSync(cache)) await keepMade(cache, make);
  cpSync(cache, join(dataDir, "pglite"), { recursive: true });
}

async function keepMade(cache: string, make: (folder: string) => Promise<void>): Promise<void> {
  mkdirSync(join(cache, ".."), { recursive: true });
  const folder = mkdtempSync(`${cache}-`);
  try {
    await make(folder);
    renameSync(join(folder, "pglite"), cache);
  } catch (thrown) {
    if (!existsSync(cache)) throw thrown; // else another test file was first, and its copy is as good
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
