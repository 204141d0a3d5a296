import { createHash } from "node:crypto";
import { wishFor } from "../../decide/policy.ts";
import { CHANNEL } from "../../deliver/pull-request/job.ts";
import { type DeliveryWish, type Policy, REBUILT_IMAGES } from "../../domain/policy.ts";
import { lockStepName, lockSteps } from "../plan/lock-step.ts";
import type { Planned } from "../plan/planned.ts";

/** How rules want each of these delivered, with the group whose pull request it shares. */
export function wishesOf(policy: Policy, wanted: readonly Planned[]): Map<Planned, DeliveryWish> {
  return new Map(lockSteps(wanted).flatMap((set) => set.map((one) => [one, wishOf(policy, one, set)])));
}

/**
 * Pins bring nothing new, so they share a pull request unless a rule says otherwise, and so do images that were built again
 * under their tags: one base image takes those that are built on it along. What can only move together has one group, the
 * first that a rule gives any of them.
 */
function wishOf(policy: Policy, planned: Planned, set: readonly Planned[]): DeliveryWish {
  const wish = wishFor(policy, planned.candidate);
  if (set.length > 1) {
    const said = set
      .map(({ candidate }) => wishFor(policy, candidate).group)
      .find((group) => typeof group === "string");
    return { ...wish, group: said ?? lockStepName(set) };
  }
  if (wish.channels?.includes(CHANNEL) === false) return { ...wish, group: false }; // the others go without it
  const { step } = planned.candidate;
  if (step === "digest") return { group: nameOfWave(wish), ...wish };
  return step === "pin" ? { group: "pins", ...wish } : wish;
}

/** Images that rules want delivered otherwise than others are a wave of their own: nobody's auto-merge takes others along. */
function nameOfWave({ openLimit: _, ...said }: DeliveryWish): string {
  if (Object.keys(said).length === 0) return REBUILT_IMAGES;
  return `${REBUILT_IMAGES}-${createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 6)}`;
}
