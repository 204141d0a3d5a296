import type { Candidate, Decision } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";
import type { Component } from "../domain/pin.ts";
import type { Release } from "../domain/release.ts";
import { parsePurl, upstreamLabel } from "../domain/upstream.ts";

/** What an open pull request is to become, with the sentence that people read under it. */
export type Fate =
  | { readonly kind: "keep" }
  /** Its version is bad now: closed at once. */
  | { readonly kind: "withdraw"; readonly reason: string }
  /** A rule or a person does not want it: closed at once. */
  | { readonly kind: "skip"; readonly reason: string }
  /** Another pull request has its change now, as groups are said anew: closed at once. */
  | { readonly kind: "carried"; readonly reason: string }
  /** Nothing is left to do: closed when two looks in a row say so. */
  | { readonly kind: "obsolete"; readonly reason: string };

/** What is known of an open pull request of ours when the project was planned again. */
export type FateInput = {
  /** What it proposes. */
  readonly candidate: Candidate;
  readonly deliveredAt: Instant;
  /** The component as it is pinned on the base now; absent when nothing pins it any more. */
  readonly component: Component | undefined;
  /** What is planned for the component now. */
  readonly planned: { readonly id: string; readonly decision: Decision } | undefined;
  /** The proposed version as it is known now; absent when it is not known any more. */
  readonly release: Release | undefined;
};

/** Decides what becomes of an open pull request. Pure; a version that is not known any more changes nothing. */
export function fateOf(input: FateInput): Fate {
  const { candidate, planned, component } = input;
  if (planned?.id === candidate.id) return fateOfPlanned(planned.decision);
  const bad = troubleWith(input);
  if (bad !== undefined) return { kind: "withdraw", reason: bad };
  if (planned !== undefined) return { kind: "keep" }; // its branch gets the newer version once that is proposed
  const name = upstreamLabel(candidate.component.upstream);
  if (component === undefined) return { kind: "obsolete", reason: `Nothing here pins ${name} any more.` };
  if (component.current.every((version) => version === candidate.to.version))
    return { kind: "obsolete", reason: `The base branch has ${name} ${candidate.to.version} already.` };
  return { kind: "obsolete", reason: `${candidate.to.version} is not the next step of ${name} any more.` };
}

function fateOfPlanned({ verdict, reasons }: Decision): Fate {
  const reason = reasons.find((one) => one.level === verdict)?.summary ?? reasons[0]?.summary ?? "";
  if (verdict === "block") return { kind: "withdraw", reason };
  return verdict === "skip" ? { kind: "skip", reason } : { kind: "keep" };
}

/** An image is pushed again under its tag with every rebuild: that is no trouble of its own. */
function troubleWith({ candidate, release, deliveredAt }: FateInput): string | undefined {
  if (release === undefined) return undefined;
  const { version, state, stateReason, contentFirstSeenAt } = release;
  const why = stateReason === undefined ? "" : ` (${stateReason})`;
  if (state === "yanked") return `${version} was yanked by its upstream${why}.`;
  if (state === "deleted") return `${version} is gone from its upstream.`;
  const image = parsePurl(candidate.component.upstream)?.type === "docker";
  return !image && contentFirstSeenAt > deliveredAt
    ? `The content of ${version} was changed since this was proposed.`
    : undefined;
}
