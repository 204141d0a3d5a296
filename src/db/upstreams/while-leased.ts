import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { upstreams } from "../schema/upstreams.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, asc, eq } from "../sql/orm.ts";

/**
 * Stores something of those of the given upstreams that still have a lease, in a transaction before the end of which
 * nobody else can take them. `store` calls functions of the store alone.
 */
export function whileLeased<Result>(
  db: Database,
  purls: readonly string[],
  lease: Instant,
  store: (tx: Database, leased: ReadonlySet<string>) => Promise<Result>,
): Promise<Result> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .select({ purl: upstreams.purl })
      .from(upstreams)
      .where(and(oneOf(upstreams.purl, purls), eq(upstreams.leasedUntil, lease)))
      .orderBy(asc(upstreams.purl))
      .for("update");
    return store(tx, new Set(rows.map((row) => row.purl)));
  });
}
