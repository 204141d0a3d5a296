import { z } from "zod";
import { Failure, isFailure } from "../lib/failure.ts";
import { askRepository, NO_REPOSITORY, sourceRepository } from "./ask-repository.ts";
import type { Collected, ScoreContext } from "./signal.ts";

/** A Scorecard result as signals keep it: some checks, 0 to 10. */
export const scorecardFacts = z.object({
  repository: z.string(),
  claimed: z.boolean(),
  date: z.string(),
  checks: z.record(z.string(), z.number()),
});

/** Some checks of the Scorecard of an upstream's repository. */
export async function askScorecard(
  purl: string,
  context: ScoreContext,
  wanted: readonly string[],
): Promise<Collected<z.infer<typeof scorecardFacts>> | Failure> {
  const named = await sourceRepository(purl, context);
  if (named === undefined) return NO_REPOSITORY;
  const repository = `${named.owner}/${named.name}`;
  const [found, asked] = await Promise.all([context.scorecard(repository), askRepository(purl, context)]);
  if (found === undefined) return new Failure("not-found", `Scorecard does not scan ${repository}.`);
  if (isFailure(found)) return found;
  const checks = Object.fromEntries(Object.entries(found.result.checks).filter(([name]) => wanted.includes(name)));
  const claimed = isFailure(asked) || asked.claimed;
  return { facts: { repository, claimed, date: found.result.date, checks }, source: found.source, at: context.now };
}
