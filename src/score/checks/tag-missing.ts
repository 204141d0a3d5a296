import { DAY, plus } from "../../domain/instant.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { bornAt, everKnown, type Known, WINDOW } from "../../domain/release-history.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { tagFinder } from "../../lib/versions/release-tags.ts";
import {
  type Asked,
  type Check,
  type CheckContext,
  judged,
  notChecked,
  ofTheLast,
  passed,
  unknownPart,
} from "../check.ts";

/** Registries whose versions are usually tagged in a source repository. */
const REGISTRIES = /^pkg:(?:pypi|npm|gem|cargo|maven|nuget|composer|hex|pub)\//;

/** So far back one release without a tag is forgiven; a second one makes forgetting this project's way. */
const REMEMBERED = 20;

/**
 * A forgotten tag looks like a stolen token, and is far more common. What a stolen token published was reported within
 * days, or weeks; after a month it is a warning, so that nobody has to look into every lapse.
 */
const REPORTED = 31 * DAY;

/** Whether the source repository knows of a version that a registry offers: a tag, a release or a run of its pipeline. */
export const tagMissing: Check = {
  id: "tag-missing",
  rule: "R3",
  title: "A registry release that its repository does not know",
  why: "Who stole a publishing token can publish, but cannot tag: the version is missing where its source should be.",
  basis: "evidence",
  appliesTo: ({ upstream }) => REGISTRIES.test(upstream),
  collect: { part: "origin", window: WINDOW.long, ask: askForTags },
  judge: ({ release, earlier }, now) => {
    const origin = release.evidence?.origin;
    const found = isKnownThere(origin);
    if (found === undefined) return unknownPart(release, "origin", "no source repository could be looked at.");
    const where = origin?.repository === undefined ? "its repository" : upstreamLabel(origin.repository);
    if (found) return passed(`${release.version} is known in ${where}, too.`);
    const long = everKnown(earlier, (facts) => isKnownThere(facts.origin));
    const known = long.slice(0, WINDOW.usual);
    const tagged = known.filter(({ value }) => value);
    const usual = tagged.length >= Math.min(known.length, WINDOW.usual - 1);
    const careful = tagged.length >= WINDOW.usual - 1 && forgotten(long.slice(0, REMEMBERED)) <= 1;
    const usually = `${ofTheLast(tagged, known)} had one`;
    const summary = `${release.version} is on its registry, but ${where} has no tag for it; ${usually}.`;
    if (known.length < WINDOW.least) {
      return notChecked(
        `${where} has no tag for ${release.version}, and too few earlier releases are known to compare.`,
      );
    }
    const difference = { part: "origin", observed: "no tag, release or run", expected: usually, compared: known };
    const until = plus(bornAt(release), REPORTED);
    const holds = usual && careful && now < until;
    const judgement = judged(
      release,
      [{ outcome: holds ? "hold" : usual ? "warn" : "pass", summary, ...difference }],
      now,
    );
    return holds ? { ...judgement, until } : judgement;
  },
};

function forgotten(known: readonly Known<boolean>[]): number {
  return known.filter(({ value }) => !value).length;
}

/** True with any trace of it, false when a tag was looked for in vain; undefined when nobody could look. */
function isKnownThere(
  origin: { readonly tag?: boolean; readonly release?: boolean; readonly run?: boolean } | undefined,
): boolean | undefined {
  if (origin?.tag === true || origin?.release === true || origin?.run === true) return true;
  return origin?.tag ?? origin?.release;
}

/** One list of all tags, by the git protocol: it needs no credential and answers for every version at once. */
async function askForTags(
  { open }: Asked,
  { git, urls, repository, now }: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  if (repository === undefined) return new Failure("not-checked", "its metadata names no source repository on GitHub.");
  const locator = `${urls.github.web}/${upstreamLabel(repository)}`;
  const refs = await git.listRefs(locator, "refs/tags/");
  if (isFailure(refs)) return refs;
  const isTagged = tagFinder(refs.map(({ name }) => name.slice("refs/tags/".length)));
  const sources = { origin: { kind: "git-refs", locator, fetchedAt: now } };
  const facts = open.map(({ tag, version }): [string, ReleaseFacts] => {
    return [tag, { origin: { repository, tag: isTagged(version) }, sources }];
  });
  return new Map(facts);
}
