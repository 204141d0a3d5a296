import type { Database } from "../database.ts";
import { sql } from "./orm.ts";

/**
 * Takes the right to change what belongs to upstreams (`about` 0 their versions, 1 their names) or candidates (2 their
 * decisions), until the transaction ends. `keys` must be sorted: whoever takes several takes them in that order.
 */
export async function lockInOrder(tx: Database, keys: readonly string[], about: 0 | 1 | 2): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(key, ${about})) from unnest(${sql.param([...keys])}::text[]) with ordinality as wanted(key, place) order by place`,
  );
}
