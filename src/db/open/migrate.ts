import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { Failure, toFailure } from "../../lib/failure.ts";
import { drizzle, migrate } from "../sql/orm.ts";

const FOLDER = join(import.meta.dirname, "../../../migrations");
const BOOKKEEPING = { migrationsSchema: "headgate", migrationsTable: "migrations" };

/** Any number that is ours: processes that start together migrate one after the other. */
const LOCK = 4_183_220_117;

/** Older servers lack what the queue's tables need. */
const OLDEST_SERVER = 130_000;

/** What a database says of itself before anything is done to it. */
type Standing = {
  readonly server: number;
  readonly readOnly: boolean;
  readonly hasSchema: boolean;
  /** A schema of our name without anything in it: whoever made it ended before there was more. */
  readonly isEmpty: boolean;
  readonly hasQueue: boolean;
  readonly mayCreate: boolean;
  /** When each migration that was applied was made, oldest first; absent: there is no bookkeeping. */
  readonly applied: readonly number[] | undefined;
};

/**
 * Brings the schema up to date, forward only. Refused, with nothing touched: a database that a newer version or another
 * build has migrated, that holds something else under our names, or that cannot be written. `before` is called when
 * there is something to migrate in a database that is in use, with nobody else migrating.
 */
export function migrateDatabase(
  pool: pg.Pool,
  before: (client: pg.PoolClient) => Promise<Failure | undefined> = nothing,
): Promise<Failure | undefined> {
  return migratingAlone(pool, async (client, standing) => {
    const applied = standing.applied?.length ?? 0;
    if (applied > 0 && applied < known().length) {
      const failure = await before(client);
      if (failure !== undefined) return failure;
    }
    await migrate(drizzle(client), { migrationsFolder: FOLDER, ...BOOKKEEPING });
    return undefined;
  });
}

/**
 * Does something to the schema while nobody else does, in a database that is not refused. What it throws is a failure of
 * migrating (`misconfigured`).
 */
export async function migratingAlone<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient, standing: Standing) => Promise<Result | Failure>,
): Promise<Result | Failure> {
  const client = await pool.connect();
  try {
    const early = await standingOf(client);
    const refused = isHalfMade(early) ? undefined : refusalOf(early); // before even the lock is taken
    if (refused !== undefined) return refused;
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    const standing = await standingOf(client);
    return refusalOf(standing) ?? (await work(client, standing));
  } catch (thrown) {
    return toFailure(thrown, "misconfigured", "The database's schema cannot be brought up to date");
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]).catch(() => undefined); // ends with the session at the latest
    client.release();
  }
}

/** The moment at which this version's newest migration was made: names its schema. */
export function newestKnown(): number {
  return Math.max(...known());
}

/** Makes the schema of an empty store as it was after the migration of that moment, or brings it from there up to date. For who migrates alone. */
export async function migrateTo(client: pg.PoolClient, schema: number): Promise<Failure | undefined> {
  if (!known().includes(schema))
    return new Failure(
      "misconfigured",
      `Another build of Headgate wrote this backup (its schema ${schema} is not known here).`,
    );
  const folder = mkdtempSync(join(tmpdir(), "headgate-migrations-"));
  try {
    cpSync(FOLDER, folder, { recursive: true });
    const journal = readJournal();
    const entries = journal.entries.filter(({ when }) => when <= schema);
    writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
    await migrate(drizzle(client), { migrationsFolder: folder, ...BOOKKEEPING });
    return undefined;
  } catch (thrown) {
    return toFailure(thrown, "misconfigured", "The schema of the backup cannot be made");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function nothing(): Promise<undefined> {
  return undefined;
}

async function standingOf(client: pg.PoolClient): Promise<Standing> {
  const { rows } = await client.query<Omit<Standing, "applied"> & { hasBookkeeping: boolean }>(`
    SELECT current_setting('server_version_num')::int AS server,
      current_setting('transaction_read_only') = 'on' AS "readOnly",
      to_regnamespace('headgate') IS NOT NULL AS "hasSchema",
      NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('headgate')) AS "isEmpty",
      to_regnamespace('bullmq') IS NOT NULL AS "hasQueue",
      has_database_privilege(current_database(), 'CREATE') AS "mayCreate",
      to_regclass('headgate.migrations') IS NOT NULL AS "hasBookkeeping"`);
  const [row] = rows;
  if (row === undefined) throw new Error("the database says nothing of itself");
  const { hasBookkeeping, ...standing } = row;
  if (!hasBookkeeping) return { ...standing, applied: undefined };
  const applied = await client.query<{ at: string }>(
    "SELECT created_at AS at FROM headgate.migrations ORDER BY created_at",
  );
  return { ...standing, applied: applied.rows.map(({ at }) => Number(at)) };
}

/** Another process may have made the schema this moment, and the bookkeeping not yet: under the lock it is known. */
function isHalfMade({ hasSchema, applied }: Standing): boolean {
  return hasSchema && applied === undefined;
}

function refusalOf(standing: Standing): Failure | undefined {
  const { server, readOnly, hasSchema, isEmpty, hasQueue, mayCreate, applied } = standing;
  if (server < OLDEST_SERVER)
    return refuse(`The server is PostgreSQL ${Math.floor(server / 10_000)}: version 13 or later is needed.`);
  if (readOnly)
    return refuse("The database can only be read (a standby, or default_transaction_read_only): name its primary.");
  if (isHalfMade(standing) && !isEmpty)
    return refuse('The database holds a schema "headgate" that Headgate did not make: name another database.');
  if (!hasSchema && hasQueue)
    return refuse('Another program keeps its queue in the schema "bullmq" of this database: name another database.');
  if (applied !== undefined && (applied.at(-1) ?? 0) > newestKnown())
    return refuse(
      "A newer version of Headgate has used this database. Start that version or a later one, or restore a backup that " +
        "was made before.",
    );
  const foreign = applied?.find((one) => !known().includes(one));
  if (foreign !== undefined)
    return refuse(
      `Another build of Headgate has used this database (its migration ${foreign} is not known here). Start that build, ` +
        "or restore a backup into an empty database.",
    );
  return mayCreate || applied !== undefined ? undefined : mayNotCreate();
}

/** Where the user may not make schemas, as it must to begin and to restore. */
export function mayNotCreate(): Failure {
  return refuse("The user may not create schemas in this database: GRANT CREATE ON DATABASE … TO the user.");
}

function refuse(sentence: string): Failure {
  return new Failure("misconfigured", `${sentence} This version leaves everything as it is.`);
}

function known(): number[] {
  return readJournal().entries.map((entry) => entry.when);
}

function readJournal(): { readonly entries: readonly { readonly when: number }[] } {
  return JSON.parse(readFileSync(join(FOLDER, "meta/_journal.json"), "utf8"));
}
