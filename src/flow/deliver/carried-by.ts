import type { StoredCandidate } from "../../db/decisions/stored-candidate.ts";
import { isIncomplete } from "../../deliver/render/answered.ts";
import type { Delivery, Step } from "../../domain/bump.ts";
import type { Planned } from "../plan/planned.ts";

type Member = Pick<StoredCandidate, "id" | "componentKey" | "step">;

/** What is planned in the place of a candidate that was delivered: itself, or else what its pull request waits for. Pure. */
export function plannedFor({ id, componentKey, step }: Member, planned: readonly Planned[]): Planned | undefined {
  const same = planned.find((one) => one.candidate.id === id);
  if (same !== undefined) return same;
  const ofComponent = planned.filter(({ candidate }) => candidate.component.key === componentKey);
  return ofComponent.find(({ candidate }) => step === "digest" || candidate.step !== "digest");
}

/**
 * What of these deliveries has every candidate of a pull request, or what superseded it, in another one; undefined where one
 * of them has no other, and where the pull request itself was delivered to just now. Pure.
 */
export function carriedBy(
  {
    stored,
    life,
  }: { readonly stored: { readonly candidates: readonly Member[] }; readonly life: { readonly id: string } },
  planned: readonly Planned[],
  deliveries: readonly Delivery[],
): Delivery | undefined {
  const carrying = new Map(deliveries.filter(isCarrying).map((made) => [made.subject.id, made]));
  if ([...carrying.values()].some(({ externalId }) => externalId === life.id)) return undefined;
  const others = stored.candidates.map((member) => {
    const instead = planned.some(({ candidate }) => candidate.id === member.id)
      ? [member]
      : planned.map(({ candidate }) => candidate).filter((one) => supersedes(one, member));
    return instead.flatMap(({ id }) => carrying.get(id) ?? []).at(-1);
  });
  return others.includes(undefined) ? undefined : others[0];
}

/**
 * New content of the version that is pinned comes beside a newer version: neither is the other one's change. A smaller step
 * that is proposed has new content with it, a new major version has not.
 */
function supersedes({ component, step }: Planned["candidate"], { componentKey, step: before }: Member): boolean {
  if (component.key !== componentKey) return false;
  const isNewContent = (one: Step) => one === "digest";
  return isNewContent(step) === isNewContent(before) || (isNewContent(before) && step !== "major");
}

/** It is in an open pull request as it was delivered. */
function isCarrying({ state, externalId, error }: Delivery): boolean {
  const isOpen = state === "sent" || state === "unchanged";
  return isOpen && externalId !== undefined && (error === undefined || isIncomplete(error));
}
