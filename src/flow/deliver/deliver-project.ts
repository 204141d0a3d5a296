import { candidate, candidatesOfComponent } from "../../db/candidates.ts";
import { deliveriesOf, recordDelivery } from "../../db/deliveries.ts";
import { humanDecisionsFor } from "../../db/human-decisions.ts";
import { setMeta } from "../../db/meta.ts";
import { ownPullRequests } from "../../db/pull-requests.ts";
import { limitsFor, wishFor } from "../../decide/policy.ts";
import type { OpenPlace, ProposalToDeliver } from "../../deliver/channel.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import { deliver } from "../../deliver/deliver.ts";
import { discoverer } from "../../discover/discover.ts";
import type { Delivery, Proposal } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { DeliveryWish, Policy } from "../../domain/policy.ts";
import type { Project } from "../../domain/project.ts";
import { isInWindow, parseWindow } from "../../lib/config/window.ts";
import { type Failure, isFailure, succeeded } from "../../lib/failure.ts";
import { dueDatesOf } from "../advisories/due-advisories.ts";
import type { FlowContext } from "../context.ts";
import { type DiscoveredProject, discoverProject } from "../discover/discover-project.ts";
import type { SourceFile } from "../discover/read-pins.ts";
import { rememberComponents } from "../plan/list-components.ts";
import { lockStepName, lockSteps } from "../plan/lock-step.ts";
import { planProject } from "../plan/plan-project.ts";
import type { Planned, ProjectPlan } from "../plan/planned.ts";
import { policyOf } from "../plan/policy-of.ts";
import { buildGroup } from "./build-group.ts";
import { buildProposal, withMovedPlaces } from "./build-proposal.ts";
import { keepDelivery } from "./keep-delivery.ts";
import { type LivingPullRequest, watchedForge } from "./living-pull-request.ts";
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
  await flow.hold?.confirm();
  await retirePullRequests(flow, project, plan, isFailure(living) ? [] : living);
  const wanted = plan.planned.filter((one) => one.decision.verdict === "propose");
  const proposals = await buildAll(flow, wanted, discovered.files);
  const results = proposals.length === 0 ? [] : await deliverAll(flow, project, proposals, living);
  return { plan, deliveries: succeeded(results), failures: results.filter(isFailure) };
}

/** Plans, and keeps what could not be compared and what pages list, so that others can say it later. */
export async function planAndRemember(flow: FlowContext, project: Project): Promise<ProjectPlan> {
  const plan = await planProject(flow, project);
  await setMeta(flow.db, `unchecked/${project.id}`, plan.unchecked);
  await rememberComponents(flow, plan);
  return plan;
}

async function buildAndRecord(
  flow: FlowContext,
  [planned, ...together]: readonly [Planned, ...Planned[]],
  files: readonly SourceFile[],
  discover: ReturnType<typeof discoverer>,
): Promise<Proposal | Failure> {
  const proposal = await buildProposal(flow, planned, files, discover, together);
  const outcome = isFailure(proposal)
    ? ({ state: "refused", error: proposal.message } as const)
    : ({ state: "unchanged" } as const);
  for (const { id } of [planned, ...together].map((one) => one.candidate)) {
    const subject = { kind: "candidate", id } as const;
    await recordDelivery(flow.db, { subject, channel: "change", key: `change/${id}`, at: flow.clock(), ...outcome });
  }
  return proposal;
}

/** Builds what is wanted: candidates of one group together, each other one by itself. */
async function buildAll(
  flow: FlowContext,
  wanted: readonly Planned[],
  files: readonly SourceFile[],
): Promise<ProposalToDeliver[]> {
  const discover = discoverer();
  const build = (planned: Planned, texts: readonly SourceFile[], together: readonly Planned[] = []) =>
    buildAndRecord(flow, [planned, ...together], texts, discover);
  const policy = await policyOf(flow);
  const wishes = new Map(lockSteps(wanted).flatMap((set) => set.map((one) => [one, wishOf(policy, one, set)])));
  const groups = Map.groupBy(wanted, (planned) => wishes.get(planned)?.group ?? planned);
  const proposals: ProposalToDeliver[] = [];
  for (const [group, members] of groups) {
    const built =
      typeof group === "string"
        ? await buildGroup(members, files, discover, build)
        : succeeded([await build(group, files)]);
    for (const proposal of built) {
      const planned = members.find((one) => one.candidate.id === proposal.candidate.id);
      if (planned === undefined) continue;
      const wish = wishes.get(planned) ?? {};
      proposals.push({
        ...(await toDeliver(flow, planned, proposal)),
        wish,
        limits: limitsFor(policy, planned.candidate),
        ...(typeof group === "string" && { group }),
      });
    }
  }
  return proposals;
}

/**
 * Pins bring nothing new, so they share a pull request unless a rule says otherwise. What can only move together has one
 * group, the first that a rule gives any of them.
 */
function wishOf(policy: Policy, planned: Planned, set: readonly Planned[]): DeliveryWish {
  const wish = wishFor(policy, planned.candidate);
  if (set.length > 1) {
    const said = set.map(({ candidate }) => wishFor(policy, candidate).group).find((group) => group !== undefined);
    return { ...wish, group: said ?? lockStepName(set) };
  }
  return planned.candidate.step === "pin" ? { group: "pins", ...wish } : wish;
}

async function toDeliver(flow: FlowContext, planned: Planned, proposal: Proposal): Promise<ProposalToDeliver> {
  const reopenedAt = await reopenedSince(flow, planned);
  const since = (await candidate(flow.db, planned.candidate.id))?.firstSeenAt ?? flow.clock();
  return {
    proposal: withMovedPlaces(proposal),
    card: planned.card,
    dueDates: dueDatesOf(planned.candidate, since, flow.policy.responseTimes),
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
  living: readonly LivingPullRequest[] | Failure,
): Promise<(Delivery | Failure)[]> {
  const results: (Delivery | Failure)[] = [];
  const open = await openPlaces(flow, project, living);
  for (const channel of CHANNELS) {
    const options = flow.deliver[channel.id];
    if (channel.accepts !== "proposals" || options === undefined) continue;
    const { fetcher, urls, smtp } = flow;
    const record = async (made: Delivery) => {
      if (made.state === "started") await flow.hold?.confirm(); // what was done is recorded, whoever has the project now
      await recordDelivery(flow.db, made);
    };
    const now = flow.clock();
    const admitted = proposals.filter((item) => refusalOfRules(item, channel.id, flow.policy, now) === undefined);
    for (const item of proposals) await keepRefusal(flow, item, channel.id, now);
    if (admitted.length === 0) continue;
    const batch = { kind: "proposals", project, proposals: admitted, open } as const;
    const outcomes = await deliver(batch, channel.id, {
      options,
      forge: watchedForge(flow, project),
      fetcher,
      urls,
      smtp,
      now: flow.clock(),
      record,
    });
    for (const [index, outcome] of outcomes.entries()) {
      const proposal = admitted[index]?.proposal;
      const made =
        isFailure(outcome) && proposal !== undefined ? toFailed(outcome, proposal, channel.id, flow.clock()) : outcome;
      if (!isFailure(made)) await keepDelivery(flow, project, made);
      results.push(outcome);
    }
  }
  return results;
}

/** What is open in the project: as it was just read, or else as the store knows it; limits by the rules as they are now. */
async function openPlaces(
  flow: FlowContext,
  project: Project,
  living: readonly LivingPullRequest[] | Failure,
): Promise<OpenPlace[]> {
  const policy = await policyOf(flow);
  const known = await ownPullRequests(flow.db, project.id, flow.clock());
  const isThere = (id: string) =>
    isFailure(living) || living.some(({ life }) => life.id === id && life.state === "OPEN");
  return known
    .filter(({ id, ended }) => !ended && isThere(id))
    .map(({ id, candidates }) => ({
      id,
      limits: candidates.flatMap(({ snapshot }) => limitsFor(policy, snapshot.candidate)),
    }));
}

/** Why rules keep a proposal from a channel at this moment. Fixes of advisories do not wait for a window. */
function refusalOfRules(
  { wish = {}, proposal, earlier }: ProposalToDeliver,
  channel: string,
  policy: Policy,
  now: Instant,
): string | undefined {
  if (wish.channels !== undefined && !wish.channels.includes(channel))
    return `a rule keeps it from ${channel}: headgate apply ${proposal.candidate.id} applies it`;
  const window = wish.window === undefined ? undefined : parseWindow(wish.window);
  const zone = policy.timeZone ?? "UTC";
  if (window === undefined || proposal.candidate.fixes.length > 0 || isInWindow(window, now, zone)) return undefined;
  const open = earlier.some((one) => one.channel === channel && one.externalId !== undefined);
  return `waits for its hours: ${wish.window} (${zone})${open ? "; its pull request stays as it is" : ""}`;
}

async function keepRefusal(flow: FlowContext, item: ProposalToDeliver, channel: string, at: Instant): Promise<void> {
  const error = refusalOfRules(item, channel, flow.policy, at);
  if (error === undefined) return;
  const { id } = item.proposal.candidate;
  const subject = { kind: "candidate", id } as const;
  await recordDelivery(flow.db, { subject, channel, key: `${channel}/${id}/rules`, state: "refused", at, error });
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
