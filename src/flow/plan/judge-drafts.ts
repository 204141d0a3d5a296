import { setImmediate as untilNextTurn } from "node:timers/promises";
import type { CandidateDraft } from "../../compare/compare.ts";
import { humanDecisionsIn } from "../../db/decisions/human-decisions.ts";
import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { decide } from "../../decide/decide.ts";
import type { Alert, Candidate, HumanDecision } from "../../domain/bump.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Project } from "../../domain/project.ts";
import type { TrustScore } from "../../domain/trust.ts";
import { isFailure } from "../../lib/failure.ts";
import { runChecks } from "../../score/score.ts";
import type { AdvisoriesOf } from "../advisories/advise.ts";
import { checkOfAlerts } from "../alerts/check-of-alerts.ts";
import type { FlowContext } from "../context.ts";
import { type Collected, collectFactsOf } from "../trust/collect-facts.ts";
import type { ScoresOf } from "../trust/score-upstream.ts";
import { collectReadinessOf, type Looked } from "./collect-readiness.ts";
import type { KnownReleases } from "./known-releases.ts";
import type { Planned } from "./planned.ts";

/** What is known beforehand of everything that is judged. */
export type Beforehand = {
  readonly project: Project;
  readonly policy: Policy;
  readonly known: KnownReleases;
  readonly advisories: AdvisoriesOf;
  readonly scoresOf: ScoresOf;
};

/** Everything that one judgement takes besides its candidate. */
type Known = Beforehand & {
  readonly scores: ReadonlyMap<string, TrustScore>;
  readonly alerts: ReadonlyMap<string, readonly Alert[]>;
  readonly said: ReadonlyMap<string, readonly HumanDecision[]>;
};

/** Pages and other jobs have their turn after so many judgements. */
const IN_ONE_TURN = 50;

/** Scores, checks and decides drafts whose releases are described and proven. What is stored is read for all of them at once. */
export async function judgeDrafts(
  flow: FlowContext,
  drafts: readonly CandidateDraft[],
  beforehand: Beforehand,
): Promise<Planned[]> {
  if (drafts.length === 0) return [];
  const { known, advisories } = beforehand;
  const scores = await beforehand.scoresOf(drafts.map((draft) => draft.to.upstream));
  const collected = await collectFactsOf(flow, drafts, known);
  const candidates = collected.map(({ draft }) => advisories.complete(draft));
  const looked = await collectReadinessOf(flow, candidates, known);
  const standing = { ...beforehand, scores, ...(await readStanding(flow, beforehand.project)) };
  const judged: Planned[] = [];
  for (const [index, candidate] of candidates.entries()) {
    if (index % IN_ONE_TURN === IN_ONE_TURN - 1) await untilNextTurn();
    const found = { looked: looked[index], failedLookups: collected[index]?.failedLookups ?? {} };
    judged.push(judgeOne(flow, candidate, found, standing));
  }
  return judged;
}

/** Decides pins. Nothing new comes in with them, so nothing is asked about them but what is known already. */
export async function judgePins(
  flow: FlowContext,
  drafts: readonly CandidateDraft[],
  beforehand: Beforehand,
): Promise<Planned[]> {
  if (drafts.length === 0) return [];
  const standing = { ...beforehand, scores: new Map(), ...(await readStanding(flow, beforehand.project)) };
  const found = { looked: undefined, failedLookups: {} };
  return drafts.map((draft) => judgeOne(flow, beforehand.advisories.complete(draft), found, standing));
}

/** Decides drafts from what was learned of their releases when those were looked at: nothing is asked about them any more. */
export async function judgeAsLearned(
  flow: FlowContext,
  drafts: readonly CandidateDraft[],
  beforehand: Beforehand,
): Promise<Planned[]> {
  if (drafts.length === 0) return [];
  const scores = await beforehand.scoresOf(drafts.map((draft) => draft.to.upstream));
  const standing = { ...beforehand, scores, ...(await readStanding(flow, beforehand.project)) };
  const found = { looked: undefined, failedLookups: {} };
  return drafts.map((draft) => judgeOne(flow, beforehand.advisories.complete(draft), found, standing));
}

/** What stands about a project: its alerts, and what people said. */
async function readStanding(flow: FlowContext, { id }: Project): Promise<Pick<Known, "alerts" | "said">> {
  const standing = (await standingAlerts(flow.db)).filter((alert) => alert.project === id);
  return { alerts: Map.groupBy(standing, (alert) => alert.upstream), said: await humanDecisionsIn(flow.db, id) };
}

type Found = Pick<Collected, "failedLookups"> & { readonly looked: Looked | undefined };

function judgeOne(
  flow: FlowContext,
  advised: Candidate,
  { looked, failedLookups }: Found,
  { project, policy, known, advisories, scores, alerts, said }: Known,
): Planned {
  const now = flow.clock();
  const { upstream } = advised.to;
  const history = known.of(upstream).filter((release) => release.tag !== advised.to.tag);
  const candidate = { ...advised, to: looked?.to ?? advised.to };
  const score = scores.get(upstream);
  const about = advisories.of(candidate.to);
  const asked = { advisories: about, earlier: known.earlier(candidate.to), failedLookups, switches: policy.checks };
  const checks = [...runChecks(candidate.to, history, asked, now), ...checkOfAlerts(alerts.get(upstream) ?? [])];
  const facts = {
    ...{ candidate, history, score, checks },
    advisories: isFailure(about) ? [] : about,
    humanDecisions: said.get(upstream) ?? [],
    ...(looked !== undefined && { readiness: looked.readiness }),
  };
  return { project, candidate, decision: decide(facts, policy, now), card: { upstream, score, checks } };
}
