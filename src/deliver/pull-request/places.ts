import type { Delivery } from "../../domain/bump.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { isAnswer, knownPullRequest } from "../render/answered.ts";
import type { Parcel } from "../render/parcel.ts";
import type { Outcome } from "./job.ts";

/** What came of the parcels before this one. */
export type Results = ReadonlyMap<Parcel, readonly Delivery[] | Failure>;

/** Whoever comes later waits for a place: known pull requests come first, then fixes of advisories. */
export function urgency(parcel: Parcel): number {
  if (knownPullRequest(parcel) !== undefined) return 2;
  return parcel.candidates.some((candidate) => candidate.fixes.length > 0) ? 1 : 0;
}

/**
 * Why a parcel has to wait for a place, if it has to: `limit` is of the channel, others are of rules, counted over what
 * each rule matches. What is urgent waits for none, but takes one.
 */
export function waitsForPlace(parcel: Parcel, results: Results, limit: number): Outcome | undefined {
  if (urgency(parcel) > 0) return undefined;
  const open = results.entries().filter(takesPlace).toArray();
  if (open.length >= limit) return refused(`${limit} pull requests are open already (deliver.pull-request.open-limit)`);
  for (const { rule, most, counts } of limitsOf(parcel)) {
    const taken = open.filter(([other]) => limitsOf(other).some((one) => one.rule === rule)).length;
    if (counts && taken >= most)
      return refused(
        `${taken} of the ${most} pull requests that rule ${rule} allows are open already (rules[].open-limit)`,
      );
  }
  return undefined;
}

function refused(why: string): Outcome {
  return { state: "refused", error: `waits for a place: ${why}` };
}

function limitsOf({ items }: Parcel) {
  return items.flatMap(({ limits = [] }) => limits);
}

/** One that could not be looked at just now keeps the place it had. */
function takesPlace([parcel, result]: [Parcel, readonly Delivery[] | Failure]): boolean {
  if (isFailure(result)) return knownPullRequest(parcel) !== undefined;
  return result.some((one) => one.externalId !== undefined && !isAnswer(one.error));
}
