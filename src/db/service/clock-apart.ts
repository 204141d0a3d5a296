import { between, type Instant, MINUTE } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { sql } from "../sql/orm.ts";

/** Half a lease: further apart, one process takes for abandoned what another one is at. */
const TOLERABLE = MINUTE / 2;

/**
 * What is wrong with this process's clock, as a sentence: leases and due times are read by the clocks of all processes, and
 * the server's is the one that all of them can be compared with. Undefined where they agree, within half a minute.
 */
export async function clockDoubt(db: Database, clock: () => Instant): Promise<string | undefined> {
  const asked = clock();
  const { rows } = await db.execute<{ at: number }>(
    sql`select extract(epoch from clock_timestamp())::float8 * 1000 as at`,
  );
  const answered = clock();
  const at = new Date(rows[0]?.at ?? Number.NaN).toISOString();
  const [behind, ahead] = [between(answered, at), between(at, asked)]; // how long the answer took is no difference
  if (Math.max(behind, ahead) < TOLERABLE) return undefined;
  const seconds = Math.round(Math.max(behind, ahead) / 1_000);
  return (
    `The clock of this process is ${seconds} s ${behind > 0 ? "behind" : "ahead of"} that of the database. Where processes disagree ` +
    "by more than half a minute, one takes over what another one is at: let all machines keep time (NTP)."
  );
}
