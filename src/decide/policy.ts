import type { Candidate, Step } from "../domain/bump.ts";
import { DAY, type Instant, plus } from "../domain/instant.ts";
import type { Component } from "../domain/pin.ts";
import type { Policy, Rule, RuleMatch } from "../domain/policy.ts";
import type { Advisory } from "../domain/trust.ts";
import { parsePurl } from "../domain/upstream.ts";
import { globMatcher } from "../lib/glob.ts";
import { parseLoose } from "../lib/loose-version.ts";
import { satisfiesRange } from "../lib/version-range.ts";

/** For kinds of upstream that a policy says nothing about. */
const CAREFUL_WAIT = 7 * DAY;

/** What all matching rules together change: of each field the last one that says it. */
export type RuleEffect = Omit<Rule, "match">;

/** The rules' effect on one candidate. `skip` needs a rule that matches all of its places, the others one that matches any. */
export function effectOn(policy: Policy, { component, step }: Pick<Candidate, "component" | "step">): RuleEffect {
  const rules = policy.rules.filter((rule) => matches(rule.match, component, step));
  const effects = rules.map(({ match, skip, ...rest }): RuleEffect => {
    return skip === undefined || !isEverywhere(match, component) ? rest : { ...rest, skip };
  });
  return Object.assign({}, ...effects);
}

/** The range that rules allow a component's targets, whatever their step; undefined without one. */
export function rangeFor(policy: Policy, component: Component): string | undefined {
  return policy.rules.filter((rule) => matches(rule.match, component, undefined)).findLast((rule) => rule.range)?.range
    ?.text;
}

/** Minimum age of a candidate's content in milliseconds, before trust lengthens it. */
export function waitFor(policy: Policy, candidate: Pick<Candidate, "component" | "step">): number {
  const type = parsePurl(candidate.component.upstream)?.type ?? "";
  const own = Object.hasOwn(policy.waits, type) ? policy.waits[type] : policy.waits.default;
  return Math.max(0, effectOn(policy, candidate).wait ?? own ?? CAREFUL_WAIT);
}

/** Whether a version is inside a range, in the component's scheme; undefined when the range is not understood. */
export function isInside(policy: Policy, component: Component, version: string, range: string): boolean | undefined {
  const scheme = component.pins[0]?.scheme ?? "";
  return policy.satisfies === undefined
    ? satisfiesRange(version, range, parseLoose)
    : policy.satisfies(scheme, version, range);
}

/** When the answer to an advisory is due; undefined: with the next major version, or not known since when. */
export function dueAt(policy: Policy, advisory: Advisory): Instant | undefined {
  const time = policy.responseTimes[advisory.severity];
  return time === undefined || advisory.publishedAt === undefined ? undefined : plus(advisory.publishedAt, time);
}

/** Every given field must match. A rule about a step is about no component as a whole. */
function matches(match: RuleMatch, component: Component, step: Step | undefined): boolean {
  const { project, upstream, kind, path } = match;
  return (
    (project === undefined || globMatcher(project)(component.project)) &&
    (upstream === undefined || globMatcher(upstream)(component.upstream)) &&
    (kind === undefined || parsePurl(component.upstream)?.type === kind) &&
    (path === undefined || component.pins.some((pin) => globMatcher(path)(pin.path))) &&
    (match.step === undefined || match.step === step)
  );
}

function isEverywhere({ path }: RuleMatch, component: Component): boolean {
  return path === undefined || component.pins.every((pin) => globMatcher(path)(pin.path));
}
