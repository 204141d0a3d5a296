import type { CandidateDraft } from "../compare/compare.ts";
import { pinsOf } from "../db/pins.ts";
import type { UncheckedEntry } from "../domain/digest.ts";
import { type Component, toComponents } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import type { Project } from "../domain/project.ts";
import { adviseOn } from "./advise.ts";
import { alertOnAdvisories } from "./alert-on-advisories.ts";
import { collectEvidenceOf } from "./collect-evidence.ts";
import { compareComponents } from "./compare-components.ts";
import type { FlowContext } from "./context.ts";
import { describeReleases } from "./describe-releases.ts";
import { judgeDrafts, judgePins } from "./judge-drafts.ts";
import type { KnownReleases } from "./known-releases.ts";
import { planOlder } from "./plan-older.ts";
import { planReverts } from "./plan-reverts.ts";
import type { Planned, ProjectPlan } from "./planned.ts";
import { policyOf } from "./policy-of.ts";
import { recordDecided } from "./record-decided.ts";
import { settleMovedAway } from "./settle-alerts.ts";

/**
 * Compares, scores, checks and decides everything of one project from what the store knows, and stores each decision
 * with its reasons. Nothing leaves the machine but questions to upstreams.
 */
export async function planProject(flow: FlowContext, project: Project): Promise<ProjectPlan> {
  const pins = await pinsOf(flow.db, project.id);
  await settleMovedAway(flow, project.id, pins);
  const components = toComponents(project.id, pins);
  const policy = await policyOf(flow);
  const { drafts, older, pinning, known, ...compared } = await compareComponents(flow, components, policy);
  const described = await describeAll(flow, drafts, known);
  const proven = await collectEvidenceOf(flow, described.drafts, known);
  const advisories = await adviseOn(flow, components, [...proven, ...pinning]);
  await alertOnAdvisories(flow, project.id, components, advisories);
  const beforehand = { project, policy, known, advisories };
  const first = await judgeDrafts(flow, proven, beforehand);
  const planned = [
    ...first,
    ...(await planOlder(first, older, policy, planFromScratch(flow, project, policy, known), flow.clock())),
    ...(await judgePins(flow, pinning, beforehand)),
  ];
  planned.push(...(await planReverts(flow, project, components, planned)));
  await recordDecided(flow, project, planned);
  const unchecked = [...compared.unchecked, ...described.unchecked, ...advisories.unchecked];
  return { project, components, planned, unchecked, unordered: compared.unordered };
}

/** Plans drafts with everything that is asked about them. */
function planFromScratch(flow: FlowContext, project: Project, policy: Policy, known: KnownReleases) {
  return async (given: readonly CandidateDraft[]): Promise<Planned[]> => {
    const { drafts } = await describeAll(flow, given, known);
    const proven = await collectEvidenceOf(flow, drafts, known);
    const none: readonly Component[] = [];
    return judgeDrafts(flow, proven, { project, policy, known, advisories: await adviseOn(flow, none, proven) });
  };
}

async function describeAll(
  flow: FlowContext,
  given: readonly CandidateDraft[],
  known: KnownReleases,
): Promise<{ readonly drafts: readonly CandidateDraft[]; readonly unchecked: readonly UncheckedEntry[] }> {
  const described = await Promise.all(given.map((draft) => describeReleases(flow, draft, known)));
  await known.refresh();
  return { drafts: described.map((one) => one.draft), unchecked: described.flatMap((one) => one.unchecked) };
}
