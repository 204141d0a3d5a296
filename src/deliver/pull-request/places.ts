import type { Delivery } from "../../domain/bump.ts";
import type { OpenLimit } from "../../domain/policy.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { OpenPlace } from "../channel.ts";
import { isAnswer, knownPullRequest } from "../render/answered.ts";
import type { Parcel } from "../render/parcel.ts";
import type { Outcome } from "./job.ts";

/** What came of the parcels before this one. */
export type Results = ReadonlyMap<Parcel, readonly Delivery[] | Failure>;

/** Whoever comes later waits for a place: pull requests that are open come first, then fixes of advisories. */
export function urgency(parcel: Parcel, open: readonly OpenPlace[]): number {
  const known = knownPullRequest(parcel);
  if (open.some(({ id }) => id === known)) return 2;
  return parcel.candidates.some((candidate) => candidate.fixes.length > 0) ? 1 : 0;
}

/**
 * Why a parcel has to wait for a place, if it has to: `limit` is of the channel, others are of rules, counted over what
 * each rule matches. What counts is what is open in the project, in this batch or not: `open` as it was before, with what
 * `results` opened and found ended. What is urgent waits for none, but takes one.
 */
export function waitsForPlace(
  parcel: Parcel,
  open: readonly OpenPlace[],
  results: Results,
  limit: number,
): Outcome | undefined {
  if (urgency(parcel, open) > 0) return undefined;
  const taken = takenPlaces(open, results);
  if (taken.length >= limit)
    return refused(`${limit} pull requests are open already (deliver.pull-request.open-limit)`);
  for (const { rule, most, counts } of limitsOf(parcel)) {
    const ofRule = taken.filter((limits) => limits.some((one) => one.rule === rule)).length;
    if (counts && ofRule >= most)
      return refused(
        `${ofRule} of the ${most} pull requests that rule ${rule} allows are open already (rules[].open-limit)`,
      );
  }
  return undefined;
}

function refused(why: string): Outcome {
  return { state: "refused", error: `waits for a place: ${why}` };
}

function limitsOf({ items }: Parcel): OpenLimit[] {
  return items.flatMap(({ limits = [] }) => limits);
}

/** The limits that each open pull request counts for. One that could not be looked at just now keeps the place it had. */
function takenPlaces(open: readonly OpenPlace[], results: Results): (readonly OpenLimit[])[] {
  const places = new Map(open.map(({ id, limits }) => [id, limits]));
  for (const [parcel, result] of results) {
    for (const { externalId, error } of isFailure(result) ? [] : result) {
      if (externalId === undefined) continue;
      if (isAnswer(error)) places.delete(externalId);
      else places.set(externalId, limitsOf(parcel));
    }
  }
  return [...places.values()];
}
