import {
  claimSubmission,
  finishSubmission,
  type Outcome,
  pruneSubmissions,
  releaseSubmission,
} from "../db/service/submissions.ts";
import { DAY, plus } from "../domain/instant.ts";
import { type Failure, isFailure } from "../lib/failure.ts";
import type { Edge } from "./edge.ts";

/**
 * Does what a form asks, once: sent again (a double click, a reload) it is not done again, and undefined comes back. A
 * failure means that nothing was done, and the form may be sent again.
 */
export async function submitOnce(
  { flow }: Edge,
  number: string,
  run: () => Promise<Outcome | Failure>,
): Promise<Outcome | Failure | undefined> {
  const now = flow.clock();
  await pruneSubmissions(flow.db, plus(now, -DAY));
  if (!(await claimSubmission(flow.db, number, now))) return undefined;
  try {
    const outcome = await run();
    await (isFailure(outcome) ? releaseSubmission(flow.db, number) : finishSubmission(flow.db, number, outcome));
    return outcome;
  } catch (thrown) {
    await releaseSubmission(flow.db, number);
    throw thrown;
  }
}
