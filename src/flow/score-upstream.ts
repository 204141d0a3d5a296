import { factsOf, freshIn, putFacts } from "../db/facts.ts";
import { allVouches } from "../db/vouches.ts";
import { plus } from "../domain/instant.ts";
import type { Finding, TrustScore } from "../domain/trust.ts";
import { isFailure } from "../lib/failure.ts";
import { scoreProject } from "../score/score.ts";
import type { ScoreContext, Signal } from "../score/signal.ts";
import { SIGNALS } from "../score/signals.ts";
import type { FlowContext } from "./context.ts";
import { repositoryOf } from "./repository-of.ts";

/** Asks what is not known or no longer fresh, judges every signal, and weighs them. Facts are kept until they expire. */
export async function scoreUpstream(flow: FlowContext, purl: string): Promise<TrustScore> {
  const context = await scoreContext(flow, purl);
  const applying = SIGNALS.filter((signal) => signal.appliesTo(purl));
  const findings = await Promise.all(applying.map((signal) => findingOf(flow, signal, purl, context)));
  return scoreProject(findings, flow.policy.weights);
}

async function findingOf(flow: FlowContext, signal: Signal, purl: string, context: ScoreContext): Promise<Finding> {
  const { now } = context;
  const known = freshIn(await factsOf(flow.db, [purl]), purl, signal.id, now);
  if (known !== undefined) return signal.judge(known, now);
  const collected = await signal.collect(purl, context);
  if (!isFailure(collected)) await putFacts(flow.db, purl, signal.id, collected, plus(now, signal.expiry));
  return signal.judge(collected, now);
}

async function scoreContext(flow: FlowContext, purl: string): Promise<ScoreContext> {
  const repository = await repositoryOf(flow, purl);
  return {
    fetcher: flow.fetcher,
    github: flow.reader,
    urls: flow.urls,
    vouches: [...flow.vouches, ...(await allVouches(flow.db))],
    repositoryOf: (other) => (other === purl ? repository : undefined),
    now: flow.clock(),
  };
}
