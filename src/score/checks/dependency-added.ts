import { between, DAY, type Instant } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import { lastKnown, WINDOW } from "../../domain/release-history.ts";
import { type Check, type Difference, judged, notChecked, passed, unknownPart } from "../check.ts";

/** A package this young was read by nearly nobody. */
const YOUNG = 30 * DAY;

/** Which packages a release requires that the releases before it did not, and how old those are. */
export const dependencyAdded: Check = {
  id: "dependency-added",
  rule: "R12",
  title: "A new dependency",
  why: "A dependency that was made for the purpose carries the code, so that the release itself looks clean.",
  appliesTo: ({ upstream }) => /^pkg:(?:pypi|npm|gem|cargo|composer)\//.test(upstream),
  judge: ({ release, earlier }, now) => {
    const required = release.evidence?.dependencies;
    if (required === undefined) return unknownPart(release, "dependencies", "what it requires is not known.");
    const known = lastKnown(earlier, (facts) => facts.dependencies, WINDOW.usual);
    if (known.length === 0) return notChecked("what earlier releases required is not known.");
    const usual = new Set(known.flatMap(({ value }) => value));
    const [first, ...others] = required
      .filter((name) => !usual.has(name))
      .map((name): Difference => ({ ...wordOf(release, name, now), part: "dependencies", compared: known }));
    return first === undefined
      ? passed("It requires nothing that earlier releases did not.")
      : judged(release, [first, ...others], now);
  },
};

function wordOf(
  { version, evidence }: Release,
  name: string,
  now: Instant,
): Pick<Difference, "outcome" | "summary" | "observed" | "expected"> {
  const since = evidence?.dependencySince?.[name];
  const age = since === undefined ? undefined : Math.floor(between(since, now) / DAY);
  const added = `${version} requires ${name}, which earlier releases did not`;
  if (age === undefined)
    return { outcome: "pass", summary: `${added}; how old that package is, is not known.`, observed: name };
  const aged = `${name}, first published on ${since?.slice(0, 10)}`;
  if (age * DAY >= YOUNG)
    return { outcome: "pass", summary: `${added}; it exists since ${since?.slice(0, 10)}.`, observed: aged };
  const summary = `${added}; that package exists for ${age} ${age === 1 ? "day" : "days"} only.`;
  return { outcome: "hold", summary, observed: aged, expected: "packages older than 30 days" };
}
