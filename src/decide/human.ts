import type { Candidate, HumanDecision, Reason } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";
import type { Component, Pin } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import { isInside } from "./policy.ts";

/** The last word of a person on a candidate. `stale`: it approved content that has been replaced since. */
export type HumanWord = { readonly decision: HumanDecision; readonly stale: boolean };

/**
 * The newest decision of a person that speaks of this candidate now: same project and upstream, the version in its
 * range, not ended. `reopen` takes back what was said before it. A range that is not understood holds and skips
 * nothing less than it might mean, and approves nothing. A hold or skip of exactly one version was of the content that it
 * had: an image that is built again under its tag is another one, and is proposed anew.
 */
export function lastHumanWord(
  candidate: Candidate,
  decisions: readonly HumanDecision[],
  policy: Policy,
  now: Instant,
): HumanWord | undefined {
  const { component, to, step } = candidate;
  const isOfOldContent = ({ action, range, at }: HumanDecision) =>
    step === "digest" && action !== "approve" && range === `=${to.version}` && to.contentFirstSeenAt > at;
  const last = decisions
    .filter((one) => one.project === component.project && one.upstream === component.upstream && one.at <= now)
    .filter((one) => one.until === undefined || one.until > now)
    .filter((one) => !isOfOldContent(one))
    .filter((one) => {
      const inside = one.range === undefined || isSpokenOf(policy, component, to.version, one.range);
      return inside ?? one.action !== "approve";
    })
    .reduce<HumanDecision | undefined>(
      (newest, one) => (newest !== undefined && newest.at > one.at ? newest : one),
      undefined,
    );
  if (last === undefined || last.action === "reopen") return undefined;
  return { decision: last, stale: last.action === "approve" && to.contentFirstSeenAt > last.at };
}

/** A name without an order (`latest`) is still equal to itself: `=latest` is about it and about nothing else. */
function isSpokenOf(policy: Policy, component: Component, version: string, range: string): boolean | undefined {
  const inside = isInside(policy, component, version, range);
  return inside ?? (/^=[\w][\w.+-]*$/.test(range) ? range === `=${version}` : undefined);
}

/** A person's hold, skip or outdated approval as a reason; none for an approval that counts. */
export function reasonOfWord(word: HumanWord | undefined): Reason[] {
  if (word === undefined) return [];
  const { action, by, reason, at, until } = word.decision;
  const said = `${by} on ${at.slice(0, 10)}: ${reason}`;
  const ends = until === undefined ? {} : { until };
  if (action === "hold") return [{ rule: "person", level: "hold", summary: `Held by ${said}`, ...ends }];
  if (action === "skip") return [{ rule: "person", level: "skip", summary: `Skipped by ${said}`, ...ends }];
  if (!word.stale) return [{ rule: "person", level: "note", summary: `Approved by ${said}` }];
  const summary = `Approved by ${by} on ${at.slice(0, 10)}, but the content has changed since: the approval no longer counts.`;
  return [{ rule: "person", level: "note", summary }];
}

/** What maintainers wrote beside the pins: `hold` keeps the place as it is, `hold <9.0` keeps it inside the range. */
export function reasonsOfInlineWords({ component, to }: Candidate, policy: Policy): Reason[] {
  return component.pins.flatMap((pin) => {
    if (pin.word?.kind !== "hold") return [];
    const { range, reason } = pin.word;
    const inside = range === undefined ? false : isInside(policy, component, to.version, range);
    return inside === true
      ? []
      : [{ rule: "inline-hold", level: "hold" as const, summary: inlineSummary(pin, range, reason, inside) }];
  });
}

function inlineSummary(pin: Pin, range: string | undefined, reason: string | undefined, inside: boolean | undefined) {
  const where = `${pin.path}:${pin.line}`;
  const why = reason === undefined ? "" : `: ${reason}`;
  if (range === undefined) return `Held by a comment in ${where}${why}`;
  if (inside === undefined) return `Held: the range "${range}" in ${where} is not understood; correct the comment.`;
  return `Held to ${range} by a comment in ${where}${why}`;
}
