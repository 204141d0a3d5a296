import { createHash } from "node:crypto";
import type { Candidate, FileChange } from "../../domain/bump.ts";
import type { DeliveryWish } from "../../domain/policy.ts";
import type { ProposalToDeliver } from "../channel.ts";
import type { BodyStyle } from "./body-style.ts";
import { groupBranch, isWave, renderGroup } from "./group.ts";
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
  const { group } = first;
  const wish = wishOfAll(items);
  const { candidate, changes } = first.proposal;
  const candidates = items.map((item) => item.proposal.candidate);
  if (group === undefined) {
    return { id: candidate.id, items, candidates, changes, wish, text: renderPullRequest(first, style) };
  }
  if (items.length === 1 && isWave(group)) {
    const text = { ...renderPullRequest(first, style), branch: groupBranch(group, candidates) };
    return { id: candidate.id, items, candidates, changes, wish, text };
  }
  const ids = candidates.map((one) => one.id).sort();
  const id = `group-${createHash("sha256").update(ids.join("\n")).digest("hex").slice(0, 12)}`;
  return { id, items, candidates, changes, wish, text: renderGroup(id, group, items, style) };
}

/** What rules say of the first counts, but nothing merges by itself unless all may, labels add up, and one draft makes all one. */
function wishOfAll(items: readonly ProposalToDeliver[]): DeliveryWish {
  const wishes = items.map(({ wish = {} }) => wish);
  const [first = {}] = wishes;
  const labels = [...new Set(wishes.flatMap((wish) => wish.labels ?? []))];
  const autoMerge = wishes.every((wish) => wish.autoMerge === first.autoMerge) ? first.autoMerge : "off";
  return {
    ...first,
    ...(labels.length > 0 && { labels }),
    ...(autoMerge !== undefined && { autoMerge }),
    ...(wishes.some(({ draft }) => draft === true) && { draft: true }),
  };
}
