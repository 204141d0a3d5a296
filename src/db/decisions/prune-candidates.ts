import type { CandidateState } from "../../domain/candidate-state.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { candidates, decisions } from "../schema/decisions.ts";
import { deliveries } from "../schema/deliveries.ts";
import { components } from "../schema/projects.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, eq, inArray, lte, sql } from "../sql/orm.ts";
import { asRetention } from "../sql/retention.ts";

/** States of what was passed over: nobody merged, closed or withdrew it. */
const PASSED_OVER: readonly CandidateState[] = ["superseded", "skipped"];

/** The channel that only builds a change: what it made left this machine by no way. */
const INSIDE = "change";

/**
 * Forgets candidates that were passed over, never left this machine, and changed last before that moment, with what was
 * decided of them: of every release that a project leaves out one stays behind. One that is the next step of a component
 * stays, however long nobody has wanted it. What people said of a version is kept elsewhere, and should it become the next
 * step again, it is a candidate as on its first day. Gives back how many.
 */
export async function pruneCandidates(db: Database, before: Instant): Promise<number> {
  const wentOut = sql`exists (select 1 from ${deliveries} d where d.subject_kind = 'candidate' and d.subject_id = ${candidates.id} and d.channel <> ${INSIDE})`;
  const isNext = sql`exists (select 1 from ${components} c where c.project = ${candidates.project} and c.candidate = ${candidates.id})`;
  const isOld = and(inArray(candidates.state, [...PASSED_OVER]), lte(candidates.updatedAt, before));
  return asRetention(db, async (tx) => {
    const gone = await tx
      .delete(candidates)
      .where(and(isOld, sql`not ${wentOut}`, sql`not ${isNext}`))
      .returning({ id: candidates.id });
    const ids = gone.map(({ id }) => id);
    await tx.delete(decisions).where(oneOf(decisions.candidate, ids));
    await tx.delete(deliveries).where(and(eq(deliveries.subjectKind, "candidate"), oneOf(deliveries.subjectId, ids)));
    return gone.length;
  });
}
