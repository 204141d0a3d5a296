import { type CandidateDraft, compareComponent } from "../compare/compare.ts";
import { standingAlerts } from "../db/alerts.ts";
import { humanDecisionsFor } from "../db/human-decisions.ts";
import { pinsOf } from "../db/pins.ts";
import { releasesOf } from "../db/releases.ts";
import { decide } from "../decide/decide.ts";
import { rangeFor } from "../decide/policy.ts";
import type { Instant } from "../domain/instant.ts";
import { type Component, toComponents } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import type { Project } from "../domain/project.ts";
import type { TrustScore } from "../domain/trust.ts";
import { isFailure } from "../lib/failure.ts";
import { runChecks } from "../score/score.ts";
import { type AdvisoriesOf, adviseOn } from "./advise.ts";
import { alertOnAdvisories } from "./alert-on-advisories.ts";
import { checkOfAlerts } from "./check-of-alerts.ts";
import { collectEvidenceOf } from "./collect-evidence.ts";
import { type Collected, collectFactsOf } from "./collect-facts.ts";
import { collectReadiness } from "./collect-readiness.ts";
import type { FlowContext } from "./context.ts";
import { describeReleases } from "./describe-releases.ts";
import { planOlder } from "./plan-older.ts";
import { planReverts } from "./plan-reverts.ts";
import type { Planned, ProjectPlan } from "./planned.ts";
import { policyOf } from "./policy-of.ts";
import { recordDecided } from "./record-decided.ts";
import { scoreUpstreams } from "./score-upstream.ts";
import { settleMovedAway } from "./settle-alerts.ts";

/**
 * Compares, scores, checks and decides everything of one project from what the store knows, and stores each decision
 * with its reasons. Nothing leaves the machine but questions to upstreams.
 */
export async function planProject(flow: FlowContext, project: Project): Promise<ProjectPlan> {
  const now = flow.clock();
  const pins = await pinsOf(flow.db, project.id);
  await settleMovedAway(flow, project.id, pins);
  const components = toComponents(project.id, pins);
  const policy = await policyOf(flow);
  const compared = await Promise.all(components.map((component) => compareOne(flow, component, policy, now)));
  const drafts = await Promise.all(compared.flatMap((one) => one.drafts).map((draft) => describeReleases(flow, draft)));
  const proven = await collectEvidenceOf(
    flow,
    drafts.map((one) => one.draft),
  );
  const advisories = await adviseOn(flow, components, proven);
  await alertOnAdvisories(flow, project.id, components, advisories);
  const planned: Planned[] = [];
  const scores = await scoreUpstreams(
    flow,
    proven.map((draft) => draft.to.upstream),
  );
  for (const one of await collectFactsOf(flow, proven))
    planned.push(await planOne(flow, project, one, { advisories, scores, policy }));
  const older = await planOlder(
    planned,
    compared.flatMap((one) => one.older),
    policy,
    (draft) => planFromScratch(flow, project, draft, policy),
    now,
  );
  planned.push(...older);
  planned.push(...(await planReverts(flow, project, components, planned)));
  await recordDecided(flow, project, planned);
  const unchecked = [
    ...compared.flatMap((one) => one.unchecked),
    ...drafts.flatMap((one) => one.unchecked),
    ...advisories.unchecked,
  ];
  return { project, components, planned, unchecked };
}

async function compareOne(flow: FlowContext, component: Component, policy: Policy, now: Instant) {
  const releases = await releasesOf(flow.db, component.upstream);
  const policyRange = rangeFor(policy, component);
  const found = compareComponent({
    component,
    releases,
    policyRange,
    allowPrereleases: flow.policy.allowPrereleases,
    now,
  });
  return {
    drafts: found.candidates,
    older: found.older,
    unchecked: found.notComparable.map((reason) => ({ subject: component.project, reason })),
  };
}

/** One draft with everything that is asked about it. */
async function planFromScratch(
  flow: FlowContext,
  project: Project,
  given: CandidateDraft,
  policy: Policy,
): Promise<Planned> {
  const { draft } = await describeReleases(flow, given);
  const [proven = draft] = await collectEvidenceOf(flow, [draft]);
  const [collected = { draft: proven, failedLookups: {} }] = await collectFactsOf(flow, [proven]);
  const advisories = await adviseOn(flow, [], [proven]);
  const scores = await scoreUpstreams(flow, [proven.to.upstream]);
  return planOne(flow, project, collected, { advisories, scores, policy });
}

/** What is asked about all candidates at once. */
type Beforehand = {
  readonly advisories: AdvisoriesOf;
  readonly scores: ReadonlyMap<string, TrustScore>;
  readonly policy: Policy;
};

async function planOne(
  flow: FlowContext,
  project: Project,
  { draft, failedLookups }: Collected,
  { advisories, scores, policy }: Beforehand,
): Promise<Planned> {
  const now = flow.clock();
  const advised = advisories.complete(draft);
  const { upstream } = advised.to;
  const history = (await releasesOf(flow.db, upstream)).filter((release) => release.tag !== advised.to.tag);
  const { readiness, to } = await collectReadiness(flow, advised, history);
  const candidate = { ...advised, to };
  const score = scores.get(upstream);
  const about = advisories.of(candidate.to);
  const alerts = (await standingAlerts(flow.db)).filter(
    (one) => one.project === project.id && one.upstream === upstream,
  );
  const checks = [
    ...runChecks(candidate.to, history, { advisories: about, failedLookups, switches: policy.checks }, now),
    ...checkOfAlerts(alerts),
  ];
  const humanDecisions = await humanDecisionsFor(flow.db, project.id, upstream);
  const known = isFailure(about) ? [] : about;
  const facts = { candidate, history, score, checks, advisories: known, humanDecisions, readiness };
  const decision = decide(facts, policy, now);
  return { project, candidate, decision, card: { upstream, score, checks } };
}
