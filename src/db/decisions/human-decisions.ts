import type { HumanDecision } from "../../domain/bump.ts";
import type { Database } from "../database.ts";
import { humanDecisions } from "../schema/decisions.ts";
import { and, asc, eq } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** Appends what a named person decided; false when the same `word` of a forge was recorded before. */
export async function recordHumanDecision(db: Database, made: HumanDecision): Promise<boolean> {
  const rows = await db.insert(humanDecisions).values(made).onConflictDoNothing().returning({ id: humanDecisions.id });
  return rows.length > 0;
}

/** What people decided in a project, oldest first, by upstream. */
export async function humanDecisionsIn(db: Database, project: string): Promise<Map<string, HumanDecision[]>> {
  const rows = await db
    .select()
    .from(humanDecisions)
    .where(eq(humanDecisions.project, project))
    .orderBy(asc(humanDecisions.id));
  return Map.groupBy(
    rows.map(({ id: _, ...row }): HumanDecision => present(row)),
    (made) => made.upstream,
  );
}

/** What people decided about an upstream in a project, oldest first: the later one wins. */
export async function humanDecisionsFor(db: Database, project: string, upstream: string): Promise<HumanDecision[]> {
  const rows = await db
    .select()
    .from(humanDecisions)
    .where(and(eq(humanDecisions.project, project), eq(humanDecisions.upstream, upstream)))
    .orderBy(asc(humanDecisions.id));
  return rows.map(({ id: _, ...row }) => present(row));
}
