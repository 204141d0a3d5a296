import { candidate, candidateIdsOfComponent } from "../../db/decisions/candidates.ts";
import { humanDecisionsFor } from "../../db/decisions/human-decisions.ts";
import { deliveriesOf, recordDelivery } from "../../db/deliveries/deliveries.ts";
import { limitsFor } from "../../decide/policy.ts";
import type { ProposalToDeliver } from "../../deliver/channel.ts";
import { discoverer } from "../../discover/discover.ts";
import type { Delivery, Proposal } from "../../domain/bump.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import { type Instant, latest, plus } from "../../domain/instant.ts";
import { type Failure, isFailure, succeeded } from "../../lib/failure.ts";
import { dueDatesOf } from "../advisories/due-advisories.ts";
import type { FlowContext } from "../context.ts";
import type { SourceFile } from "../discover/read-pins.ts";
import type { Planned } from "../plan/planned.ts";
import { policyOf } from "../plan/policy-of.ts";
import { buildGroup } from "./build-group.ts";
import { buildProposal, withMovedPlaces } from "./build-proposal.ts";
import { wishesOf } from "./group-of.ts";
import { FORGE_LAG } from "./living-pull-request.ts";

async function buildAndRecord(
  flow: FlowContext,
  planned: readonly [Planned, ...Planned[]],
  files: readonly SourceFile[],
  discover: ReturnType<typeof discoverer>,
): Promise<Proposal | Failure> {
  const proposal = await buildProposal(flow, planned, files, discover);
  const outcome = isFailure(proposal)
    ? ({ state: "refused", error: proposal.message } as const)
    : ({ state: "unchanged" } as const);
  for (const { id } of planned.map((one) => one.candidate)) {
    const subject = { kind: "candidate", id } as const;
    await recordDelivery(flow.db, { subject, channel: "change", key: `change/${id}`, at: flow.clock(), ...outcome });
  }
  return proposal;
}

/** Builds what is wanted: candidates of one group together, each other one by itself. */
export async function buildProposals(
  flow: FlowContext,
  wanted: readonly Planned[],
  files: readonly SourceFile[],
): Promise<ProposalToDeliver[]> {
  const discover = discoverer();
  const build = (planned: Planned, texts: readonly SourceFile[], together: readonly Planned[] = []) =>
    buildAndRecord(flow, [planned, ...together], texts, discover);
  const policy = await policyOf(flow);
  const wishes = wishesOf(policy, wanted);
  const groups = Map.groupBy(wanted, (planned) => wishes.get(planned)?.group || planned);
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

async function toDeliver(flow: FlowContext, planned: Planned, proposal: Proposal): Promise<ProposalToDeliver> {
  const stored = await candidate(flow.db, planned.candidate.id);
  const since = stored?.firstSeenAt ?? flow.clock();
  const reopenedAt = latest(await reopenedSince(flow, planned), staleBefore(planned, stored?.state, flow.clock()));
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

/**
 * From when on a merge says nothing of a candidate: content is under its tag again that was replaced since, or there are new
 * places to be pinned in the same files. A version is the same for ever, and is taken back by a person.
 */
function staleBefore({ candidate: { to, step } }: Planned, state: CandidateState | undefined, now: Instant) {
  if (state !== "merged") return undefined;
  if (step === "pin") return plus(now, -FORGE_LAG);
  return step === "digest" ? to.contentFirstSeenAt : undefined;
}

/** Earlier versions of the same component were delivered under their own ids: the pull request is one and the same. */
async function earlierOf(flow: FlowContext, { project, candidate }: Planned): Promise<readonly Delivery[]> {
  const siblings = await candidateIdsOfComponent(flow.db, project.id, candidate.component.key);
  return deliveriesOf(flow.db, "candidate", siblings);
}
