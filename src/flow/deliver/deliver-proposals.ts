import { recordDelivery } from "../../db/deliveries/deliveries.ts";
import { ownPullRequests } from "../../db/deliveries/pull-requests.ts";
import { limitsFor } from "../../decide/policy.ts";
import type { OpenPlace, ProposalToDeliver } from "../../deliver/channel.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import { deliver } from "../../deliver/deliver.ts";
import type { Delivery, Proposal } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Project } from "../../domain/project.ts";
import { isInWindow, parseWindow } from "../../lib/config/window.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { policyOf } from "../plan/policy-of.ts";
import { keepDelivery } from "./keep-delivery.ts";
import { type LivingPullRequest, watchedForge } from "./living-pull-request.ts";

/** Hands proposals to every channel that takes them and that no rule keeps from them. What came of each, also where it failed. */
export async function deliverProposals(
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
    const refusals = refusalsOfRules(proposals, channel.id, flow.policy, now);
    const admitted = proposals.filter((item) => !refusals.has(item));
    for (const [item, error] of refusals) await keepRefusal(flow, item, { channel: channel.id, at: now, error });
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
      if (!isFailure(made)) await keepDelivery(flow, project, made, admitted[index]?.earlier);
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

/** Why rules keep proposals from a channel now. A group goes as a whole, since each of its members holds the changes of all. */
function refusalsOfRules(
  proposals: readonly ProposalToDeliver[],
  channel: string,
  policy: Policy,
  now: Instant,
): Map<ProposalToDeliver, string> {
  const groups = Map.groupBy(proposals, (item) => item.group ?? item);
  const refused = [...groups.values()].flatMap((members) => {
    const isUrgent = members.some(({ proposal }) => proposal.candidate.fixes.length > 0);
    const words = members.flatMap((item) => refusalOfRules(item, isUrgent, { channel, policy, now }) ?? []);
    const [error] = words;
    return error === undefined ? [] : members.map((item) => [item, error] as const);
  });
  return new Map(refused);
}

/** Why rules keep a proposal from a channel at this moment. Fixes of advisories do not wait for a window. */
function refusalOfRules(
  { wish = {}, proposal, earlier }: ProposalToDeliver,
  isUrgent: boolean,
  { channel, policy, now }: { readonly channel: string; readonly policy: Policy; readonly now: Instant },
): string | undefined {
  if (wish.channels !== undefined && !wish.channels.includes(channel))
    return `a rule keeps it from ${channel}: headgate apply ${proposal.candidate.id} applies it`;
  const window = wish.window === undefined ? undefined : parseWindow(wish.window);
  const zone = policy.timeZone ?? "UTC";
  if (window === undefined || isUrgent || isInWindow(window, now, zone)) return undefined;
  const open = earlier.some((one) => one.channel === channel && one.externalId !== undefined);
  return `waits for its hours: ${wish.window} (${zone})${open ? "; its pull request stays as it is" : ""}`;
}

/** Nothing is to be said while a pull request has exactly this one: it stays as it is, and waits for nothing. */
function isOpenAlready({ earlier, proposal }: ProposalToDeliver, channel: string): boolean {
  const own = earlier.filter((one) => one.channel === channel && one.subject.id === proposal.candidate.id);
  return own.at(-1)?.externalId !== undefined;
}

async function keepRefusal(
  flow: FlowContext,
  item: ProposalToDeliver,
  { channel, at, error }: { readonly channel: string; readonly at: Instant; readonly error: string },
): Promise<void> {
  if (isOpenAlready(item, channel)) return;
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
