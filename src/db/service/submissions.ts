import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { submissions } from "../schema/service.ts";
import { eq, lte } from "../sql/orm.ts";

/** What came of a form, in words. `url`: where to see it. */
export type Outcome = { readonly ok: boolean; readonly message: string; readonly url?: string };

/** Takes the right to do what a form asks; false when it was sent before. */
export async function claimSubmission(db: Database, id: string, now: Instant): Promise<boolean> {
  const taken = await db.insert(submissions).values({ id, at: now }).onConflictDoNothing().returning();
  return taken.length > 0;
}

/** Keeps what came of a form. */
export async function finishSubmission(db: Database, id: string, outcome: Outcome): Promise<void> {
  await db.update(submissions).set({ outcome }).where(eq(submissions.id, id));
}

/** Gives the right back: nothing was done. */
export async function releaseSubmission(db: Database, id: string): Promise<void> {
  await db.delete(submissions).where(eq(submissions.id, id));
}

/** What came of a form; `null`: it is not finished; undefined: it was never sent. */
export async function submissionOutcome(db: Database, id: string): Promise<Outcome | null | undefined> {
  const [row] = await db.select().from(submissions).where(eq(submissions.id, id));
  return row?.outcome;
}

/** Forgets forms that were sent before that moment. */
export async function pruneSubmissions(db: Database, before: Instant): Promise<void> {
  await db.delete(submissions).where(lte(submissions.at, before));
}
