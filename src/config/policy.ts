import { DAY, HOUR } from "../domain/instant.ts";
import type { DeliveryWish, Policy, Rule, Switches } from "../domain/policy.ts";
import type { Written } from "./shape.ts";

/** The waits of a careful maintainer: 3 days where a registry's clock proves age, 7 where a publisher can move content. */
const WAITS = {
  default: 3 * DAY,
  github: 7 * DAY,
  githubactions: 7 * DAY,
  gitlab: 7 * DAY,
  bitbucket: 7 * DAY,
  docker: 7 * DAY,
  generic: 7 * DAY,
};

/** Policy, rules and response times as they are used; durations in milliseconds. */
export function toPolicy(written: Written): Policy {
  const times = { critical: 24 * HOUR, high: 72 * HOUR, medium: 7 * DAY, ...written["response-times"] };
  return {
    waits: { ...WAITS, ...written.policy.waits },
    rules: written.rules.map(toRule),
    responseTimes: Object.fromEntries(Object.entries(times).filter(([, value]) => typeof value === "number")),
    weights: written.trust.weights,
    signals: given(written.trust.signals),
    checks: given(written.trust.checks),
    allowPrereleases: written.policy.prereleases,
    pin: written.policy.pin,
    settle: written.policy.settle,
    timeZone: written.schedule["time-zone"],
  };
}

/** Without what is not written. */
function given(switches: Readonly<Record<string, boolean | undefined>>): Switches {
  return Object.fromEntries(Object.entries(switches).flatMap(([id, on]) => (on === undefined ? [] : [[id, on]])));
}

function toRule(written: Written["rules"][number]): Rule {
  const reason = written.reason ?? "";
  const wish = toWish(written);
  const match = Object.fromEntries(Object.entries(written.match).filter(([, value]) => value !== undefined));
  return {
    match,
    ...(written.wait !== undefined && { wait: written.wait }),
    ...(written.range !== undefined && { range: { text: written.range, reason } }),
    ...(written.hold === true && { hold: { reason } }),
    ...(written.skip === true && { skip: { reason } }),
    ...(written.pin !== undefined && { pin: written.pin }),
    ...(Object.keys(wish).length > 0 && { deliver: wish }),
  };
}

/** What a rule says of deliveries; what it does not mention is left out. */
function toWish(written: Written["rules"][number]): DeliveryWish {
  const { group, channels, window, labels, reviewers, assignees, draft } = written;
  const [teamReviewers, autoMerge] = [written["team-reviewers"], written["auto-merge"]];
  const openLimit = written["open-limit"];
  const said = { group, channels, window, labels, reviewers, teamReviewers, assignees, draft, autoMerge, openLimit };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
