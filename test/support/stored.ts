import type { Database } from "../../src/db/database.ts";
import { putCandidates } from "../../src/db/decisions/candidates.ts";
import { appendDecisions, type DecisionRecord, newDecisions } from "../../src/db/decisions/decisions.ts";
import type { Candidate } from "../../src/domain/bump.ts";
import type { CandidateState } from "../../src/domain/candidate-state.ts";
import type { TrustCard } from "../../src/domain/digest.ts";
import type { Instant } from "../../src/domain/instant.ts";

/** Stores one candidate in a state; gives back the one that it was in before. */
export async function upsertCandidate(
  db: Database,
  candidate: Candidate,
  { state, ...rest }: { readonly state: CandidateState; readonly until?: Instant; readonly card: TrustCard },
  now: Instant,
): Promise<CandidateState | undefined> {
  let before: CandidateState | undefined;
  const stateAfter = (known: CandidateState | undefined) => {
    before = known;
    return state;
  };
  await db.transaction((tx) => putCandidates(tx, [{ candidate, stateAfter, ...rest }], now));
  return before;
}

/** Appends one decision; true when it was news. */
export async function recordDecision(
  db: Database,
  candidate: string,
  made: DecisionRecord,
  now: Instant,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const news = await newDecisions(tx, new Map([[candidate, made]]));
    await appendDecisions(tx, news, now);
    return news.length > 0;
  });
}
