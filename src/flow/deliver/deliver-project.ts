import { setMeta } from "../../db/service/meta.ts";
import type { Delivery } from "../../domain/bump.ts";
import type { Project } from "../../domain/project.ts";
import { type Failure, isFailure, succeeded } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { type DiscoveredProject, discoverProject } from "../discover/discover-project.ts";
import { rememberComponents } from "../plan/list-components.ts";
import { planProject } from "../plan/plan-project.ts";
import type { ProjectPlan } from "../plan/planned.ts";
import { buildProposals } from "./build-proposals.ts";
import { deliverProposals } from "./deliver-proposals.ts";
import { readPullRequests } from "./read-pull-requests.ts";
import { mergedEarlier, recordTakenBack } from "./record-taken-back.ts";
import { retireCarried, retirePullRequests } from "./retire-pull-requests.ts";
import { withoutIncompleteWaves } from "./wait-for-wave.ts";

/** What came of one project's plan. */
export type DeliveredProject = {
  readonly plan: ProjectPlan;
  readonly deliveries: readonly Delivery[];
  readonly failures: readonly Failure[];
};

/**
 * Plans a project and carries out what is proposed: builds each change from the files as they are now, and hands it to
 * every channel that takes proposals. `discovered`: the files, where they were read a moment ago; a file that changed
 * since is noticed before anything is written. A change that cannot be made is stored with its reason: the digest shows it.
 */
export async function deliverProject(
  flow: FlowContext,
  project: Project,
  discovered?: DiscoveredProject | Failure,
): Promise<DeliveredProject> {
  const read = discovered ?? (await discoverProject(flow, project));
  const merged = await mergedEarlier(flow, project);
  const living = await readPullRequests(flow, project);
  const first = await planAndRemember(flow, project);
  if (isFailure(read)) return { plan: first, deliveries: [], failures: [read] };
  await flow.hold?.confirm();
  const plan = await recordTakenBack(flow, first, merged);
  const open = await retirePullRequests(flow, project, plan, isFailure(living) ? [] : living);
  const wanted = await withoutIncompleteWaves(flow, plan.planned);
  const proposals = await buildProposals(flow, wanted, read.files);
  const results = proposals.length === 0 ? [] : await deliverProposals(flow, project, proposals, living);
  await retireCarried(flow, plan, open, succeeded(results));
  return { plan, deliveries: succeeded(results), failures: results.filter(isFailure) };
}

/** Plans, and keeps what could not be compared and what pages list, so that others can say it later. */
export async function planAndRemember(flow: FlowContext, project: Project): Promise<ProjectPlan> {
  const plan = await planProject(flow, project);
  await setMeta(flow.db, `unchecked/${project.id}`, plan.unchecked);
  await rememberComponents(flow, plan);
  return plan;
}
