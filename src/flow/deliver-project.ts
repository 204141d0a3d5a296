import { candidate, candidatesOfComponent } from "../db/candidates.ts";
import { deliveriesOf, recordDelivery } from "../db/deliveries.ts";
import { appendEvent } from "../db/events.ts";
import { humanDecisionsFor } from "../db/human-decisions.ts";
import { setMeta } from "../db/meta.ts";
import type { ProposalToDeliver } from "../deliver/channel.ts";
import { CHANNELS } from "../deliver/channels.ts";
import { deliver } from "../deliver/deliver.ts";
import { discoverer } from "../discover/discover.ts";
import type { Delivery, Proposal } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";
import type { Project } from "../domain/project.ts";
import { type Failure, isFailure, succeeded } from "../lib/failure.ts";
import { buildProposal } from "./build-proposal.ts";
import type { FlowContext } from "./context.ts";
import { type DiscoveredProject, discoverProject } from "./discover-project.ts";
import { moveCandidate } from "./move-candidate.ts";
import { planProject } from "./plan-project.ts";
import type { Planned, ProjectPlan } from "./planned.ts";
import type { SourceFile } from "./read-pins.ts";
import { readPullRequests } from "./read-pull-requests.ts";
import { retirePullRequests } from "./retire-pull-requests.ts";

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
  return deliverFrom(flow, project, discovered ?? (await discoverProject(flow, project)));
}

async function deliverFrom(
  flow: FlowContext,
  project: Project,
  discovered: DiscoveredProject | Failure,
): Promise<DeliveredProject> {
  const living = await readPullRequests(flow, project);
  const plan = await planAndRemember(flow, project);
  if (isFailure(discovered)) return { plan, deliveries: [], failures: [discovered] };
  await retirePullRequests(flow, project, plan, living);
  const wanted = plan.planned.filter((one) => one.decision.verdict === "propose");
  const proposals: ProposalToDeliver[] = [];
  const discover = discoverer();
  for (const planned of wanted) {
    const proposal = await buildAndRecord(flow, planned, discovered.files, discover);
    if (!isFailure(proposal)) proposals.push(await toDeliver(flow, planned, proposal));
  }
  const results = proposals.length === 0 ? [] : await deliverAll(flow, project, proposals);
  return { plan, deliveries: succeeded(results), failures: results.filter(isFailure) };
}

/** Plans, and keeps what could not be compared, so that a digest made later can say it. */
export async function planAndRemember(flow: FlowContext, project: Project): Promise<ProjectPlan> {
  const plan = await planProject(flow, project);
  await setMeta(flow.db, `unchecked/${project.id}`, plan.unchecked);
  return plan;
}

async function buildAndRecord(
  flow: FlowContext,
  planned: Planned,
  files: readonly SourceFile[],
  discover: ReturnType<typeof discoverer>,
): Promise<Proposal | Failure> {
  const proposal = await buildProposal(flow, planned, files, discover);
  const { id } = planned.candidate;
  const built = {
    subject: { kind: "candidate", id },
    channel: "change",
    key: `change/${id}`,
    at: flow.clock(),
  } as const;
  await recordDelivery(
    flow.db,
    isFailure(proposal) ? { ...built, state: "refused", error: proposal.message } : { ...built, state: "unchanged" },
  );
  return proposal;
}

async function toDeliver(flow: FlowContext, planned: Planned, proposal: Proposal): Promise<ProposalToDeliver> {
  const reopenedAt = await reopenedSince(flow, planned);
  return {
    proposal,
    card: planned.card,
    earlier: await earlierOf(flow, planned),
    ...(reopenedAt !== undefined && { reopenedAt }),
  };
}

/** When a person last asked for exactly this version again. */
async function reopenedSince(flow: FlowContext, { project, candidate }: Planned): Promise<Instant | undefined> {
  const said = await humanDecisionsFor(flow.db, project.id, candidate.to.upstream);
  const about = said.filter((one) => one.range === undefined || one.range === `=${candidate.to.version}`);
  return about.findLast((one) => one.action === "reopen" || one.action === "approve")?.at;
}

/** Earlier versions of the same component were delivered under their own ids: the pull request is one and the same. */
async function earlierOf(flow: FlowContext, { project, candidate }: Planned): Promise<readonly Delivery[]> {
  const siblings = await candidatesOfComponent(flow.db, project.id, candidate.component.key);
  return deliveriesOf(
    flow.db,
    "candidate",
    siblings.map((sibling) => sibling.id),
  );
}

async function deliverAll(
  flow: FlowContext,
  project: Project,
  proposals: readonly ProposalToDeliver[],
): Promise<(Delivery | Failure)[]> {
  const results: (Delivery | Failure)[] = [];
  for (const channel of CHANNELS) {
    const options = flow.deliver[channel.id];
    if (channel.accepts !== "proposals" || options === undefined) continue;
    const { forge, fetcher, urls, smtp } = flow;
    const record = (made: Delivery) => recordDelivery(flow.db, made);
    const batch = { kind: "proposals", project, proposals } as const;
    const outcomes = await deliver(batch, channel.id, {
      options,
      forge,
      fetcher,
      urls,
      smtp,
      now: flow.clock(),
      record,
    });
    for (const [index, outcome] of outcomes.entries()) {
      const proposal = proposals[index]?.proposal;
      const made =
        isFailure(outcome) && proposal !== undefined ? toFailed(outcome, proposal, channel.id, flow.clock()) : outcome;
      if (!isFailure(made)) await keep(flow, project, made);
      results.push(outcome);
    }
  }
  return results;
}

/** A failure is kept under the candidate it happened to, so that a digest can say that it was tried, and why it failed. */
function toFailed(failure: Failure, proposal: Proposal, channel: string, at: Instant): Delivery {
  const { id } = proposal.candidate;
  const retry = failure.retryAt === undefined ? {} : { retryAt: failure.retryAt };
  return {
    subject: { kind: "candidate", id },
    channel,
    key: `${channel}/${id}`,
    state: "failed",
    at,
    error: failure.message,
    ...retry,
  };
}

async function keep(flow: FlowContext, project: Project, made: Delivery): Promise<void> {
  const now = flow.clock();
  await recordDelivery(flow.db, made);
  if (made.state === "failed")
    flow.log.warn(`${project.id}: ${made.channel}: ${made.error}`, { candidate: made.subject.id });
  if (made.state !== "sent") return;
  const stored = await candidate(flow.db, made.subject.id);
  if (stored !== undefined)
    await moveCandidate(flow, stored, "proposed", made.url === undefined ? {} : { url: made.url });
  const data = { channel: made.channel, url: made.url };
  await appendEvent(flow.db, { kind: "delivered", project: project.id, candidate: made.subject.id, data }, now);
}
