import { between, DAY, type Instant } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { lastKnown, WINDOW } from "../../domain/release-history.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { readDependencies, readFirstPublished } from "../../lib/packages/metadata.ts";
import {
  type Asked,
  type Check,
  type CheckContext,
  type Difference,
  judged,
  notChecked,
  passed,
  unknownPart,
} from "../check.ts";

/** A package this young was read by nearly nobody. */
const YOUNG = 30 * DAY;

/** Which packages a release requires that the releases before it did not, and how old those are. */
export const dependencyAdded: Check = {
  id: "dependency-added",
  rule: "R12",
  title: "A new dependency",
  why: "A dependency that was made for the purpose carries the code, so that the release itself looks clean.",
  basis: "evidence",
  appliesTo: ({ upstream }) => /^pkg:(?:pypi|npm|gem|cargo|composer)\//.test(upstream),
  collect: { part: "dependencies", window: 1, ask: askForDependencies },
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

/** New names whose age is asked for; a release with more of them is told without. */
const MOST_NAMES = 5;

/** One question per version, and one per new name. */
async function askForDependencies(
  { release, earlier, open }: Asked,
  { fetcher, urls, now }: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const facts = new Map<string, ReleaseFacts>();
  for (const one of open) {
    const read = await readDependencies(fetcher, urls, one.upstream, one.version);
    if (isFailure(read)) return one === release ? read : facts;
    const source = { kind: "package-metadata", locator: read.url, fetchedAt: now };
    facts.set(one.tag, { dependencies: read.names, sources: { dependencies: source } });
  }
  const own = facts.get(release.tag);
  const usual = new Set(
    earlier.flatMap(({ tag, evidence }) => facts.get(tag)?.dependencies ?? evidence?.dependencies ?? []),
  );
  const news = earlier.length === 0 ? [] : (own?.dependencies ?? []).filter((name) => !usual.has(name));
  const since: [string, Instant][] = [];
  for (const name of news.slice(0, MOST_NAMES)) {
    const at = await readFirstPublished(fetcher, urls, release.upstream, name);
    if (!isFailure(at)) since.push([name, at]); // else its age stays unknown, and that is told
  }
  if (since.length > 0) facts.set(release.tag, { ...own, dependencySince: Object.fromEntries(since) });
  return facts;
}
