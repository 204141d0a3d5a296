import { z } from "zod";
import { type Instant, toInstant } from "../../domain/instant.ts";
import type { Ask } from "../concurrency/coalesce.ts";
import { shareRunning } from "../concurrency/share-running.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { looseArray } from "../loose-array.ts";

/** What OpenSSF Scorecard measured of a repository: 0 to 10 by check. Checks without a result are left out. */
export type ScorecardResult = { readonly date: Instant; readonly checks: Readonly<Record<string, number>> };

/** The shape that the Scorecard API and deps.dev share (https://api.scorecard.dev, openapi.yaml). */
export const scorecardSchema = z
  .object({ date: z.string(), checks: looseArray(z.object({ name: z.string(), score: z.number() })) })
  .transform(({ date, checks }): ScorecardResult | undefined => {
    const at = toInstant(date);
    const known = checks.rows.filter(({ score }) => score >= 0 && score <= 10); // -1 is "inconclusive"
    return at === undefined
      ? undefined
      : { date: at, checks: Object.fromEntries(known.map(({ name, score }) => [name, score])) };
  });

/** A result and who gave it. */
export type KnownScorecard = { readonly result: ScorecardResult; readonly source: string };

/**
 * Results of repositories on GitHub (`owner/name`): from deps.dev, which answers for thousands at once, else from
 * Scorecard itself. Undefined where a repository is not scanned, which is no bad score.
 */
export function createScorecards(
  fetcher: Fetcher,
  base: string,
  depsDev: { readonly url: string; readonly scorecard: Ask<ScorecardResult | undefined | Failure> },
): Ask<KnownScorecard | undefined | Failure> {
  const share = shareRunning<KnownScorecard | undefined | Failure>();
  return (repository) =>
    share(repository, async () => {
      const batched = await depsDev.scorecard(`github.com/${repository.toLowerCase()}`);
      if (batched !== undefined && !isFailure(batched)) return { result: batched, source: depsDev.url };
      const result = await readScorecard(fetcher, base, repository);
      return result === undefined || isFailure(result)
        ? result
        : { result, source: `${base}/projects/github.com/${repository}` };
    });
}

async function readScorecard(
  fetcher: Fetcher,
  base: string,
  repository: string,
): Promise<ScorecardResult | undefined | Failure> {
  const response = await fetcher.fetch({ url: `${base}/projects/github.com/${repository}` });
  if (isFailure(response)) return response;
  if (response.status === 404) return undefined;
  if (response.status !== 200) return failureOfStatus(response, `the Scorecard of ${repository}`);
  return readJson(response, scorecardSchema);
}
