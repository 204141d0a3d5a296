import type { Candidate, Reason } from "../domain/bump.ts";
import { type Instant, latest, minuteOf, plus } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import { askedOn, type Readiness } from "../domain/readiness.ts";
import { formatDuration } from "../lib/config/duration.ts";

/** A release of which something is missing waits for it; what could not be looked at is only told. */
export function readinessReasons(readiness: Readiness | undefined): Reason[] {
  if (readiness === undefined) return [];
  const { missing, askedAt, notChecked } = readiness;
  const shown = missing.slice(0, 3).join(", ");
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  const is = missing.length > 1 ? "are" : "is";
  const summary = `Not ready: ${shown}${more} ${is} not there yet${askedOn(askedAt)}.`;
  return [
    ...(missing.length === 0 ? [] : [{ rule: "not-ready", level: "wait" as const, summary }]),
    ...notChecked.map((why) => ({ rule: "not-ready", level: "note" as const, summary: `Not checked: ${why}.` })),
  ];
}

/** Publishing takes a while: content must stand still for the settle window, also where a fix waits for nothing else. */
export function settlingReasons({ to }: Pick<Candidate, "to">, since: Instant, policy: Policy, now: Instant): Reason[] {
  const uploaded = to.assets.reduce<Instant | undefined>((last, { updatedAt }) => latest(last, updatedAt), undefined);
  const changed = uploaded !== undefined && uploaded > since && uploaded <= now ? uploaded : since;
  const until = plus(changed, policy.settle);
  if (until <= now) return [];
  const summary = `Not ready: its content last changed on ${minuteOf(changed)}, and must stand still for ${formatDuration(policy.settle)}.`;
  return [{ rule: "settling", level: "wait", summary, until }];
}
