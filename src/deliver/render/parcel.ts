import { createHash } from "node:crypto";
import type { Candidate, FileChange } from "../../domain/bump.ts";
import type { DeliveryWish } from "../../domain/policy.ts";
import type { ProposalToDeliver } from "../channel.ts";
import type { BodyStyle } from "./body-style.ts";
import { renderGroup } from "./group.ts";
import { type PullRequestText, renderPullRequest } from "./pull-request.ts";

/** What one pull request carries: a proposal, or the proposals of one group. */
export type Parcel = {
  /** A candidate's id; for a group a name of exactly these candidates. */
  readonly id: string;
  readonly items: readonly ProposalToDeliver[];
  readonly candidates: readonly Candidate[];
  readonly changes: readonly FileChange[];
  readonly wish: DeliveryWish;
  readonly text: PullRequestText;
};

/** Puts proposals of one group together, in the order of their first member. The members of a group share their changes. */
export function toParcels(proposals: readonly ProposalToDeliver[], style: BodyStyle): Parcel[] {
  const groups = Map.groupBy(proposals, (item) =>
    item.group === undefined ? item.proposal.candidate.id : `group ${item.group}`,
  );
  return [...groups.values()].flatMap((items) => {
    const [first] = items;
    return first === undefined ? [] : [toParcel(first, items, style)];
  });
}

function toParcel(first: ProposalToDeliver, items: readonly ProposalToDeliver[], style: BodyStyle): Parcel {
  const { group, wish = {} } = first;
  const { candidate, changes } = first.proposal;
  const candidates = items.map((item) => item.proposal.candidate);
  if (group === undefined) {
    return { id: candidate.id, items, candidates, changes, wish, text: renderPullRequest(first, style) };
  }
  const ids = candidates.map((one) => one.id).sort();
  const id = `group-${createHash("sha256").update(ids.join("\n")).digest("hex").slice(0, 12)}`;
  return { id, items, candidates, changes, wish, text: renderGroup(id, group, items, style) };
}
