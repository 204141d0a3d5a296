import { type Listed, PAGE_SIZE } from "../../domain/pages/listing.ts";
import type { Database } from "../database.ts";
import { pins } from "../schema/projects.ts";
import { upstreams } from "../schema/upstreams.ts";
import { and, asc, eq, exists, isNotNull, sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";
import type { UpstreamState } from "../upstreams/upstreams.ts";

/** An upstream as it is listed. */
export type UpstreamRow = Pick<
  UpstreamState,
  "purl" | "source" | "dueAt" | "newestAt" | "lastSuccessAt" | "failure" | "complete" | "notChecked"
>;

/** Upstreams that something is pinned to, or those of them that could not be asked, by their purls. */
export async function upstreamRows(
  db: Database,
  asked: { readonly failing?: boolean | undefined; readonly page: number },
): Promise<Listed<UpstreamRow>> {
  const { purl, source, dueAt, newestAt, lastSuccessAt, failure, complete, notChecked } = upstreams;
  const isPinned = exists(
    db
      .select({ one: sql`1` })
      .from(pins)
      .where(and(eq(pins.upstream, purl), pins.watched)),
  );
  const rows = await db
    .select({
      ...{ purl, source, dueAt, newestAt, lastSuccessAt, failure, complete, notChecked },
      total: sql<number>`(count(*) over ())::int`,
    })
    .from(upstreams)
    .where(and(isPinned, asked.failing === true ? isNotNull(failure) : undefined))
    .orderBy(asc(purl))
    .limit(PAGE_SIZE)
    .offset((asked.page - 1) * PAGE_SIZE);
  return {
    rows: rows.map(({ total: _, ...row }) => present(row)),
    ...{ total: rows[0]?.total ?? 0, page: asked.page, size: PAGE_SIZE },
  };
}
