import type { Database } from "./client.ts";
import { sql } from "./orm.ts";

/**
 * Takes the right to change what belongs to upstreams, until the transaction ends: `about` 0 their versions, 1 their
 * names. `purls` must be sorted: whoever takes several takes them in that order.
 */
export async function lockInOrder(tx: Database, purls: readonly string[], about: 0 | 1): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(purl, ${about})) from unnest(${sql.param([...purls])}::text[]) with ordinality as wanted(purl, place) order by place`,
  );
}
