import { candidate } from "../../db/decisions/candidates.ts";
import { recordDelivery } from "../../db/deliveries/deliveries.ts";
import { DAY, type Instant, latest, minuteOf, plus } from "../../domain/instant.ts";
import type { DeliveryWish } from "../../domain/policy.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { FlowContext } from "../context.ts";
import type { Planned } from "../plan/planned.ts";
import { policyOf } from "../plan/policy-of.ts";
import { wishesOf } from "./group-of.ts";

/** Images that were first seen with new content within so long of one another are one wave. */
const WAVE = DAY;

/** A wave that is not complete: those that could go, and the words that say for what they wait. */
type IncompleteWave = { readonly ready: readonly Planned[]; readonly words: string };

/**
 * What is wanted, without images whose wave is not complete: they wait, at most a day, for those that were built again within
 * a day of them, so that a wave is one pull request that is tried once. Why is stored. Fixes of advisories and what a person approved wait for
 * nobody, and what has its pull request already stays in it.
 */
export async function withoutIncompleteWaves(flow: FlowContext, planned: readonly Planned[]): Promise<Planned[]> {
  const wanted = planned.filter((one) => one.decision.verdict === "propose");
  const wishes = wishesOf(await policyOf(flow), planned.filter(isRefresh));
  const left = new Set<Planned>();
  for (const { ready, words } of incompleteWaves(wishes, flow.clock())) {
    if (await isAnyOpen(flow, ready)) continue;
    for (const one of ready) {
      left.add(one);
      const { id } = one.candidate;
      const made = {
        subject: { kind: "candidate", id },
        channel: "change",
        key: `change/${id}`,
        at: flow.clock(),
      } as const;
      await recordDelivery(flow.db, { ...made, state: "refused", error: words });
    }
  }
  return wanted.filter((one) => !left.has(one));
}

/** Waves of which some images may go now and others within a day, by the wishes of all that are planned. Pure. */
export function incompleteWaves(wishes: ReadonlyMap<Planned, DeliveryWish>, now: Instant): IncompleteWave[] {
  const groups = Map.groupBy([...wishes.keys()], (one) => wishes.get(one)?.group);
  return [...groups].flatMap(([group, members]): IncompleteWave[] => {
    const ready = members.filter(({ decision }) => decision.verdict === "propose");
    const [first] = ready.map(({ candidate }) => candidate.to.contentFirstSeenAt).sort();
    if (typeof group !== "string" || first === undefined || ready.some(isUrgent)) return [];
    const late = members.filter((one) => isJoining(one, first, now) && !ready.some((other) => isSame(one, other)));
    const until = late.reduce<Instant | undefined>((end, { decision }) => latest(end, decision.until), undefined);
    if (until === undefined) return [];
    const names = late.map(({ candidate }) => `${upstreamLabel(candidate.component.upstream)} ${candidate.to.version}`);
    return [{ ready, words: `waits for the rest of its wave, until ${minuteOf(until)}: ${few(names)}` }];
  });
}

/** What is built again every day always has newer content on its way: an image that goes now is not waited for. */
function isSame({ candidate: one }: Planned, { candidate: other }: Planned): boolean {
  return one.component.project === other.component.project && one.component.key === other.component.key;
}

function isJoining({ candidate, decision }: Planned, first: Instant, now: Instant): boolean {
  const isSoon = decision.verdict === "wait" && decision.until !== undefined && decision.until <= plus(now, DAY);
  return isSoon && candidate.to.contentFirstSeenAt <= plus(first, WAVE);
}

function few(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

function isRefresh({ candidate }: Planned): boolean {
  return candidate.step === "digest";
}

function isUrgent({ candidate, decision }: Planned): boolean {
  return candidate.fixes.length > 0 || decision.by !== "policy";
}

async function isAnyOpen(flow: FlowContext, ready: readonly Planned[]): Promise<boolean> {
  for (const one of ready) if ((await candidate(flow.db, one.candidate.id))?.state === "proposed") return true;
  return false;
}
