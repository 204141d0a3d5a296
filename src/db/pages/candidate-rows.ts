import type { CandidateState } from "../../domain/candidate-state.ts";
import { type Listed, PAGE_SIZE } from "../../domain/pages/listing.ts";
import type { Database } from "../database.ts";
import type { StoredCandidate } from "../decisions/stored-candidate.ts";
import { candidates } from "../schema/decisions.ts";
import { and, asc, desc, eq, sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** A candidate without what was known of it when it was looked at. */
export type CandidateRow = Omit<StoredCandidate, "snapshot" | "componentKey">;

/** Candidates of all projects or one, in all states or one, what changed last first. */
export async function candidateRows(
  db: Database,
  asked: {
    readonly project?: string | undefined;
    readonly upstream?: string | undefined;
    readonly state?: CandidateState | undefined;
    readonly page: number;
  },
): Promise<Listed<CandidateRow>> {
  const { id, project, upstream, from, to, step, state, until, firstSeenAt, updatedAt } = candidates;
  const isAsked = and(
    asked.project === undefined ? undefined : eq(project, asked.project),
    asked.upstream === undefined ? undefined : eq(upstream, asked.upstream),
    asked.state === undefined ? undefined : eq(state, asked.state),
  );
  const rows = await db
    .select({
      ...{ id, project, upstream, from, to, step, state, until, firstSeenAt, updatedAt },
      total: sql<number>`(count(*) over ())::int`,
    })
    .from(candidates)
    .where(isAsked)
    .orderBy(desc(updatedAt), asc(id))
    .limit(PAGE_SIZE)
    .offset((asked.page - 1) * PAGE_SIZE);
  return {
    rows: rows.map(({ total: _, ...row }) => present(row)),
    ...{ total: rows[0]?.total ?? 0, page: asked.page, size: PAGE_SIZE },
  };
}
