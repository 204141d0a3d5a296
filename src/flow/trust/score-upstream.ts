import { type Facts, type FactsRow, factsOf, freshIn, type KnownFacts, lastIn, putAllFacts } from "../../db/facts.ts";
import { newestReleases } from "../../db/releases.ts";
import { identitiesOf } from "../../db/upstreams.ts";
import { DAY, type Instant, plus } from "../../domain/instant.ts";
import type { Finding, TrustScore } from "../../domain/trust.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { scoreProject } from "../../score/score.ts";
import type { ScoreContext, Signal } from "../../score/signal.ts";
import { enabledSignals } from "../../score/signals.ts";
import type { FlowContext } from "../context.ts";
import { repositoriesOf } from "./repository-of.ts";
import { scoreContext } from "./score-context.ts";

/** Versions that signals look at. */
const NEWEST = 30;

/** Asks what is not known or no longer fresh, judges every signal, and weighs them. Facts are kept until they expire. */
export async function scoreUpstream(flow: FlowContext, purl: string): Promise<TrustScore> {
  const score = (await scoreUpstreams(flow, [purl])).get(purl);
  return score ?? scoreProject([], flow.policy.weights);
}

/**
 * The same for many upstreams: what is stored is read at once, what is not is asked for in one go, so that questions
 * share requests, and what was learned is stored at once.
 */
export async function scoreUpstreams(flow: FlowContext, purls: readonly string[]): Promise<Map<string, TrustScore>> {
  const now = flow.clock();
  const wanted = [...new Set(purls)];
  const known = await factsOf(flow.db, wanted);
  const signals = enabledSignals(flow.policy);
  const asked = wanted.flatMap((purl) =>
    signals
      .filter((signal) => signal.appliesTo(purl))
      .map((signal) => ({ purl, signal, fresh: freshIn(known, purl, signal.id, now) })),
  );
  const stale = asked.filter((one) => one.fresh === undefined);
  const learned = await collectAll(flow, stale, known);
  const findings = asked.map(({ purl, signal, fresh }) => {
    const collected = fresh ?? learned.get(keyOf(purl, signal));
    return { purl, finding: collected === undefined ? undefined : signal.judge(collected, now) };
  });
  const byPurl = Map.groupBy(findings, ({ purl }) => purl);
  return new Map(
    wanted.map((purl) => {
      const judged = (byPurl.get(purl) ?? []).flatMap(({ finding }): Finding[] =>
        finding === undefined ? [] : [finding],
      );
      return [purl, scoreProject(judged, flow.policy.weights)];
    }),
  );
}

/** The scores of upstreams, at least of those that are named. */
export type ScoresOf = (purls: readonly string[]) => Promise<ReadonlyMap<string, TrustScore>>;

/** Scores each upstream once, however often it is asked for: what one plan goes by. */
export function scoringOnce(flow: FlowContext): ScoresOf {
  const known = new Map<string, TrustScore>();
  return async (purls) => {
    const others = purls.filter((purl) => !known.has(purl));
    for (const [purl, score] of await scoreUpstreams(flow, others)) known.set(purl, score);
    return known;
  };
}

type Question = { readonly purl: string; readonly signal: Signal };

async function collectAll(
  flow: FlowContext,
  questions: readonly Question[],
  known: KnownFacts,
): Promise<ReadonlyMap<string, Facts | Failure>> {
  if (questions.length === 0) return new Map();
  const purls = [...new Set(questions.map(({ purl }) => purl))];
  const repositories = await repositoriesOf(flow, purls, known);
  const looking = questions.filter(({ purl, signal: { looksAtVersions } }) => {
    return looksAtVersions === undefined || (looksAtVersions === "with-repository" && repositories.has(purl));
  });
  const releases = await newestReleases(flow.db, [...new Set(looking.map(({ purl }) => purl))], NEWEST);
  const identities = await identitiesOf(flow.db, purls);
  const context: ScoreContext = await scoreContext(flow, { repositories, releases, identities });
  const answers = await Promise.all(
    questions.map(async ({ purl, signal }) => {
      const earlier = lastIn(known, purl, signal.id);
      return { purl, signal, collected: await signal.collect(purl, context, earlier) };
    }),
  );
  await putAllFacts(
    flow.db,
    answers.flatMap(({ purl, signal, collected }) => toRow(purl, signal, collected, context.now)),
  );
  return new Map(answers.map(({ purl, signal, collected }) => [keyOf(purl, signal), collected]));
}

/** What a service does not have it will not have in an hour; whatever else went wrong is asked again the next time. */
function toRow(purl: string, signal: Signal, collected: Facts | Failure, now: Instant): FactsRow[] {
  const lasting = !isFailure(collected) || ["not-found", "gone"].includes(collected.code);
  const expiry = isFailure(collected) ? Math.min(signal.expiry, DAY) : signal.expiry;
  return lasting ? [{ subject: purl, signal: signal.id, collected, expiresAt: plus(now, expiry) }] : [];
}

function keyOf(purl: string, { id }: Signal): string {
  return `${id} ${purl}`;
}
