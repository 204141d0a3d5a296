import type { Candidate, Step } from "../domain/bump.ts";
import { DAY, type Instant, plus } from "../domain/instant.ts";
import type { Component } from "../domain/pin.ts";
import type { DeliveryWish, OpenLimit, Policy, Rule, RuleMatch } from "../domain/policy.ts";
import type { Advisory } from "../domain/trust.ts";
import { typeOfPurl } from "../domain/upstream.ts";
import { globMatcher } from "../lib/syntax/glob.ts";
import { parseLoose } from "../lib/versions/loose-version.ts";
import { satisfiesRange } from "../lib/versions/version-range.ts";

/** For kinds of upstream that a policy says nothing about. */
const CAREFUL_WAIT = 7 * DAY;

/** What all matching rules together change: of each field the last one that says it. */
export type RuleEffect = Omit<Rule, "match" | "deliver" | "pin">;

/** The rules' effect on one candidate. `skip` needs a rule that matches all of its places, the others one that matches any. */
export function effectOn(policy: Policy, { component, step }: Pick<Candidate, "component" | "step">): RuleEffect {
  const rules = policy.rules.filter((rule) => matches(policy, rule.match, component, step));
  const effects = rules.map(({ match, skip, deliver: _, pin: __, ...rest }): RuleEffect => {
    return skip === undefined || !isEverywhere(match, component) ? rest : { ...rest, skip };
  });
  return Object.assign({}, ...effects);
}

/** How rules want a candidate delivered: of each field the last rule that says it. */
export function wishFor(policy: Policy, { component, step }: Pick<Candidate, "component" | "step">): DeliveryWish {
  const rules = policy.rules.filter((rule) => matches(policy, rule.match, component, step));
  return Object.assign({}, ...rules.map((rule) => rule.deliver));
}

/** A rule that is about a candidate. `number`: its place among the rules, from 1. `overruled`: fields that a later one says otherwise. */
export type MatchingRule = { readonly number: number; readonly rule: Rule; readonly overruled: readonly string[] };

/** Every rule that matches a candidate, in their order, and what of it counts. */
export function rulesAbout(policy: Policy, { component, step }: Pick<Candidate, "component" | "step">): MatchingRule[] {
  const matching = policy.rules.flatMap((rule, index) =>
    matches(policy, rule.match, component, step) ? [{ number: index + 1, rule, said: fieldsOf(rule) }] : [],
  );
  return matching.map(({ number, rule, said }, index) => {
    const later = new Set(matching.slice(index + 1).flatMap((one) => one.said));
    return { number, rule, overruled: said.filter((field) => later.has(field)) };
  });
}

/** The limits of open pull requests that a candidate counts for; only the last of them can keep it waiting itself. */
export function limitsFor(policy: Policy, candidate: Pick<Candidate, "component" | "step">): OpenLimit[] {
  return rulesAbout(policy, candidate).flatMap(({ number, rule, overruled }) => {
    const most = rule.deliver?.openLimit;
    return most === undefined ? [] : [{ rule: number, most, counts: !overruled.includes("openLimit") }];
  });
}

function fieldsOf({ match: _, deliver = {}, ...rest }: Rule): string[] {
  return [...Object.keys(rest), ...Object.keys(deliver)];
}

/** The range that rules allow a component's targets, whatever their step; undefined without one. */
export function rangeFor(policy: Policy, component: Component): string | undefined {
  return policy.rules.filter((rule) => matches(policy, rule.match, component, undefined)).findLast((rule) => rule.range)
    ?.range?.text;
}

/** Whether a component's tags and branches are to be pinned to exact content. */
export function isToBePinned(policy: Policy, component: Component): boolean {
  const said = policy.rules.filter(
    ({ match, pin }) => pin !== undefined && matches(policy, match, component, undefined),
  );
  return said.at(-1)?.pin ?? policy.pin ?? false;
}

/** Minimum age of a candidate's content in milliseconds, before trust lengthens it. */
export function waitFor(policy: Policy, candidate: Pick<Candidate, "component" | "step">): number {
  const type = typeOfPurl(candidate.component.upstream);
  const own = Object.hasOwn(policy.waits, type) ? policy.waits[type] : policy.waits.default;
  return Math.max(0, effectOn(policy, candidate).wait ?? own ?? CAREFUL_WAIT);
}

/** The rule that asks for that age, by its place from 1; undefined where the policy does. */
export function waitRuleFor(policy: Policy, candidate: Pick<Candidate, "component" | "step">): number | undefined {
  if (policy.rules.every(({ wait }) => wait === undefined)) return undefined;
  return rulesAbout(policy, candidate).findLast(({ rule }) => rule.wait !== undefined)?.number;
}

/** Whether a version is inside a range, in the component's scheme; undefined when the range is not understood. */
export function isInside(policy: Policy, component: Component, version: string, range: string): boolean | undefined {
  const scheme = component.pins[0]?.scheme ?? "";
  return policy.satisfies === undefined
    ? satisfiesRange(version, range, parseLoose)
    : policy.satisfies(scheme, version, range);
}

/**
 * When the answer to an advisory is due, from its first sight here; undefined: with the next major version, or not known
 * since when. What is known to be exploited is answered like a critical one.
 */
export function dueAt(policy: Pick<Policy, "responseTimes">, advisory: Advisory): Instant | undefined {
  const { severity, exploited, firstSeenAt, publishedAt } = advisory;
  const times = policy.responseTimes;
  const time = exploited === true ? (times.critical ?? times[severity]) : times[severity];
  const since = firstSeenAt ?? publishedAt;
  return time === undefined || since === undefined ? undefined : plus(since, time);
}

/** Every given field must match. A rule about a step is about no component as a whole. */
function matches(policy: Policy, match: RuleMatch, component: Component, step: Step | undefined): boolean {
  const { project, upstream, kind, path } = match;
  return (
    (project === undefined || globMatcher(project)(component.project)) &&
    (upstream === undefined || globMatcher(upstream)(component.upstream)) &&
    (kind === undefined || typeOfPurl(component.upstream) === kind) &&
    (path === undefined || component.pins.some((pin) => globMatcher(path)(pin.path))) &&
    (match.step === undefined || match.step === step) &&
    (match.vouched === undefined || match.vouched === (policy.vouched?.(component.upstream) ?? false))
  );
}

function isEverywhere({ path }: RuleMatch, component: Component): boolean {
  return path === undefined || component.pins.every((pin) => globMatcher(path)(pin.path));
}
