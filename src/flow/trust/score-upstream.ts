import { newestReleases } from "../../db/releases/releases.ts";
import {
  type Facts,
  type FactsRow,
  factsOf,
  freshIn,
  type KnownFacts,
  lastIn,
  putAllFacts,
} from "../../db/upstreams/facts.ts";
import { identitiesOf } from "../../db/upstreams/upstreams.ts";
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
      .map((signal) => ({ purl, signal, fresh: keptOf(known, purl, signal, now) })),
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

/** What is kept and fresh of a signal. What people said here is not kept: it counts from the moment they say it. */
export function keptOf(known: KnownFacts, purl: string, signal: Signal, now: Instant): Facts | Failure | undefined {
  return signal.recordedHere === true ? undefined : freshIn(known, purl, signal.id, now);
}

type Question = { readonly purl: string; readonly signal: Signal };

/** Asks everything at once; only what is about a source repository waits until all registries have named theirs. */
async function collectAll(
  flow: FlowContext,
  questions: readonly Question[],
  known: KnownFacts,
): Promise<ReadonlyMap<string, Facts | Failure>> {
  if (questions.length === 0) return new Map();
  const purls = [...new Set(questions.filter(({ signal }) => signal.recordedHere !== true).map(({ purl }) => purl))];
  const looking = (how: Signal["looksAtVersions"]) =>
    questions.filter(({ signal }) => signal.looksAtVersions === how).map(({ purl }) => purl);
  const releases = await newestReleases(flow.db, looking(undefined), NEWEST);
  const identities = await identitiesOf(flow.db, purls);
  const asking = await scoreContext(flow, { releases, identities });
  const repositories = repositoriesOf(flow, purls, known).then(async (found) => {
    const others = looking("with-repository").filter((purl) => found.has(purl) && !releases.has(purl));
    for (const [purl, those] of await newestReleases(flow.db, others, NEWEST)) releases.set(purl, those);
    return found;
  });
  const context: ScoreContext = { ...asking, repositoryOf: async (purl) => (await repositories).get(purl) };
  const answering = questions.map(async ({ purl, signal }) => {
    const earlier = lastIn(known, purl, signal.id);
    return { purl, signal, collected: await signal.collect(purl, context, earlier) };
  });
  const [answers] = await Promise.all([Promise.all(answering), repositories]); // where the store fails, that is no answer
  await flow.hold?.confirm();
  await putAllFacts(
    flow.db,
    answers.flatMap(({ purl, signal, collected }) => toRow(purl, signal, collected, context.now)),
  );
  return new Map(answers.map(({ purl, signal, collected }) => [keyOf(purl, signal), collected]));
}

/** What a service does not have it will not have in an hour; whatever else went wrong is asked again the next time. */
function toRow(purl: string, signal: Signal, collected: Facts | Failure, now: Instant): FactsRow[] {
  if (signal.recordedHere === true) return [];
  const lasting = !isFailure(collected) || ["not-found", "gone"].includes(collected.code);
  const expiry = isFailure(collected) ? Math.min(signal.expiry, DAY) : signal.expiry;
  return lasting ? [{ subject: purl, signal: signal.id, collected, expiresAt: plus(now, expiry) }] : [];
}

function keyOf(purl: string, { id }: Signal): string {
  return `${id} ${purl}`;
}
