import type { Reason } from "../domain/bump.ts";
import { type Instant, minuteOf, plus } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import type { Release } from "../domain/release.ts";
import { bandWithoutVouches, type CheckResult } from "../domain/trust.ts";
import { formatDuration } from "../lib/config/duration.ts";
import type { DecisionInput } from "./decision-input.ts";
import { waitFor, waitRuleFor } from "./policy.ts";
import { settlingReasons } from "./readiness-reasons.ts";

/** Trust lengthens a wait and never shortens it: no score says that this release is good. */
const LENGTHENING = {
  strong: { factor: 1, because: "" },
  fair: { factor: 1.5, because: "trust in the project is only fair" },
  weak: { factor: 2, because: "trust in the project is weak" },
  insufficient: { factor: 2, because: "too little is known of the project" },
} as const;

/** Of the two clocks that may still run, a settle window that ends before the wait does is not worth a word. */
export function waitReasons(input: DecisionInput, policy: Policy, now: Instant): Reason[] {
  const { candidate, checks } = input;
  const age = waits(input, policy, now);
  const settling = settlingReasons(candidate, clockOf(candidate.to, checks).since, policy, now);
  return [...settling.filter(({ until = now }) => age.every((reason) => (reason.until ?? now) < until)), ...age];
}

/** The age of the content against the minimum that policy and trust ask for. Each change of content starts it again. */
function waits({ candidate, score, checks }: DecisionInput, policy: Policy, now: Instant): Reason[] {
  const minimum = waitFor(policy, candidate);
  const { factor, because } = LENGTHENING[bandWithoutVouches(score)];
  const wait = Math.ceil(minimum * factor);
  const clock = clockOf(candidate.to, checks);
  const until = plus(clock.since, wait);
  const started = clock.kind === "registry" ? "published by the registry's clock" : "first seen";
  const age = `This content was ${started} on ${minuteOf(clock.since)}`;
  if (candidate.fixes.length > 0) {
    return [{ rule: "content-age", level: "note", summary: `${age}; a fix of a known advisory does not wait.` }];
  }
  const rule = waitRuleFor(policy, candidate);
  const by = rule === undefined ? "" : ` by rule ${rule}`;
  const longer = wait > minimum ? ` (${formatDuration(minimum)}${by}, longer because ${because})` : by;
  if (until <= now) {
    return [
      { rule: "content-age", level: "note", summary: `${age}: the wait of ${formatDuration(wait)}${longer} is over.` },
    ];
  }
  const summary = `${age}; it waits ${formatDuration(wait)}${longer}, until ${minuteOf(until)}.`;
  return [{ rule: "content-age", level: "wait", summary, until }];
}

/** The clock of the age check; without one, first sight of the content: the latest that can be meant. */
function clockOf(to: Release, checks: readonly CheckResult[]): NonNullable<CheckResult["clock"]> {
  const clocks = checks.flatMap((check) => check.clock ?? []);
  return clocks.reduce(
    (one, other) => (other.since > one.since ? other : one),
    clocks[0] ?? {
      kind: "first-seen",
      since: to.contentFirstSeenAt,
    },
  );
}
