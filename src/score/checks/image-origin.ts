import type { Release, ReleaseOutline } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { lastKnown, WINDOW } from "../../domain/release-history.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { ImageName } from "../../lib/registry/image-reference.ts";
import { imageOfPurl, isOfficial } from "../../lib/registry/image-source.ts";
import { readOfficialImage } from "../../lib/registry/official-image-file.ts";
import { tagFinder } from "../../lib/versions/release-tags.ts";
import {
  type Asked,
  type Check,
  type CheckContext,
  type Difference,
  judged,
  notChecked,
  ofTheLast,
  passed,
  unknownPart,
} from "../check.ts";

/** Whether an image's tag belongs to a release of its project, and whether registries agree on what it is. */
export const imageOrigin: Check = {
  id: "image-origin",
  rule: "R8",
  title: "An image that its project did not release",
  why: "Stolen registry credentials push tags that the project's repository, or its other registry, knows nothing of.",
  basis: "evidence",
  appliesTo: ({ upstream }) => upstream.startsWith("pkg:docker/"),
  collect: { part: "origin", window: WINDOW.usual, ask: askWhoKnowsIt },
  judge: ({ release, earlier }, now) => {
    const disagreement = disagreementOf(release, earlier);
    const unreleased = unreleasedOf(release, earlier);
    const differences = [...disagreement, ...(unreleased === "unknown" ? [] : unreleased)];
    const [first, ...others] = differences;
    if (first !== undefined) return judged(release, [first, ...others], now);
    const { origin, otherDigests } = release.evidence ?? {};
    if (origin === undefined && otherDigests === undefined) {
      return unknownPart(release, "origin", "neither its project's releases nor another registry could be compared.");
    }
    if (unreleased === "unknown") {
      return notChecked("its project has no such release, and too few earlier tags are known to compare.");
    }
    return passed("Its project knows it, or no registry that should have the same has another image.");
  },
};

/** Another image under the same tag elsewhere. Where registries differed before, they are built apart, and it says nothing. */
function disagreementOf(release: Release, earlier: readonly ReleaseOutline[]): Difference[] {
  const own = ownDigest(release);
  const home = imageOfPurl(release.upstream)?.host;
  return Object.entries(release.evidence?.otherDigests ?? {}).flatMap(([host, digest]): Difference[] => {
    if (own === undefined || digest === own || host === home) return [];
    const known = lastKnown(earlier, (facts, one) => agrees(facts.otherDigests?.[host], ownDigest(one)));
    if (known.some(({ value }) => !value)) return [];
    const before = known.length === 0 ? "both should be the same" : `${ofTheLast(known, known)} had the same`;
    const summary = `${host} has another image under ${release.tag}; ${before}.`;
    const difference = { part: "otherDigests", observed: own, expected: `${host}: ${digest}` };
    return [{ outcome: "hold", summary, ...difference, ...(known.length > 0 && { compared: known }) }];
  });
}

function ownDigest({
  upstream,
  digests,
  evidence,
}: Pick<Release, "upstream" | "digests" | "evidence">): string | undefined {
  return digests.index ?? evidence?.otherDigests?.[imageOfPurl(upstream)?.host ?? ""];
}

function agrees(other: string | undefined, own: string | undefined): boolean | undefined {
  return other === undefined || own === undefined ? undefined : other === own;
}

function unreleasedOf(release: Release, earlier: readonly ReleaseOutline[]): Difference[] | "unknown" {
  const released = (one: Pick<Release, "evidence">) => {
    const { tag, release: made, run } = one.evidence?.origin ?? {};
    if (tag === true || made === true || run === true) return true;
    return tag ?? made;
  };
  if (released(release) !== false) return [];
  const known = lastKnown(earlier, (_, one) => released(one));
  if (known.length < WINDOW.least) return "unknown";
  const usual = known.filter(({ value }) => value);
  const usually = `${ofTheLast(usual, known)} had one`;
  const outcome = usual.length >= Math.min(known.length, WINDOW.usual - 1) ? "hold" : "pass";
  const summary = `The image ${release.tag} has no release in its project's repository; ${usually}.`;
  return [{ outcome, summary, part: "origin", observed: "no release", expected: usually, compared: known }];
}

/** `1.2.3`, `v1.2.3-alpine`: only such a tag can be one of a repository's versions. */
const FULL_VERSION = /(?:^|[-_v])(\d+(?:\.\d+){1,3})/;

/**
 * Whether the image's project knows the version: the tags of its repository, by one list; of an official image the list
 * in Docker's library, which names current tags only. Then what the project's own place on the other registry has under
 * the tag, by HEAD requests that cost no pull: at most two per release.
 */
async function askWhoKnowsIt(
  asked: Asked,
  context: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const image = imageOfPurl(asked.release.upstream);
  if (image === undefined || !FULL_VERSION.test(asked.release.tag))
    return new Failure(
      "not-checked",
      `the tag ${asked.release.tag} names no version that its project could have released.`,
    );
  return isOfficial(image) ? askLibrary(image, asked, context) : askProject(image, asked, context);
}

async function askLibrary(
  { repository }: ImageName,
  { release, open }: Asked,
  { fetcher, urls, now }: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const name = repository.slice("library/".length);
  const official = await readOfficialImage(fetcher, urls.officialImages.url, name);
  if (isFailure(official)) return official;
  const sources = {
    origin: { kind: "official-images", locator: `${urls.officialImages.url}/library/${name}`, fetchedAt: now },
  };
  const listed = (tag: string) => official?.tags.includes(tag) === true;
  // an older tag may have been listed once: that it is not now says nothing of it
  const told = open.filter(({ tag }) => tag === release.tag || listed(tag));
  return new Map(told.map(({ tag }) => [tag, { origin: { release: listed(tag) }, sources }]));
}

async function askProject(
  image: ImageName,
  asked: Asked,
  context: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const { git, urls, repository, now } = context;
  if (repository === undefined)
    return new Failure("not-checked", "nothing names the repository that it is built from.");
  const locator = `${urls.github.web}/${upstreamLabel(repository)}`;
  const refs = await git.listRefs(locator, "refs/tags/");
  if (isFailure(refs)) return refs;
  const isTagged = tagFinder(refs.map(({ name }) => name.slice("refs/tags/".length)));
  const sources = { origin: { kind: "git-refs", locator, fetchedAt: now } };
  const versioned = asked.open.filter(({ tag }) => FULL_VERSION.test(tag));
  const twins = await twinsOf(image, asked, versioned, context);
  return new Map(
    versioned.map(({ tag }) => {
      const [, number = ""] = FULL_VERSION.exec(tag) ?? [];
      const origin = { repository, tag: isTagged(tag) || isTagged(number) };
      const twin = twins.get(tag);
      return [tag, { origin, ...(twin !== undefined && { otherDigests: twin }), sources }];
    }),
  );
}

/**
 * What the same project's place on the other registry has: of an image on Docker Hub `ghcr.io/OWNER/NAME` of its
 * repository, and the other way round. Anybody may own the name there, so it counts only where an earlier tag is the same.
 */
async function twinsOf(
  { host, repository: path }: ImageName,
  { release, earlier }: Asked,
  open: readonly Release[],
  { registry, repository = "" }: CheckContext,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const found = new Map<string, Readonly<Record<string, string>>>();
  const other = host === "docker.io" ? "ghcr.io" : "docker.io";
  if (host !== "docker.io" && host !== "ghcr.io") return found;
  const place = host === "docker.io" ? upstreamLabel(repository).toLowerCase() : path;
  let same = earlier.some((one) => agrees(one.evidence?.otherDigests?.[other], ownDigest(one)) === true);
  for (const one of open) {
    const [there, here] = [await registry.digest(other, place, one.tag), ownDigest(one)];
    if (isFailure(there)) {
      if (one.tag === release.tag) return new Map(); // it is not there: nothing to compare
      continue;
    }
    const own = here ?? (await registry.digest(host, path, one.tag));
    if (isFailure(own)) continue;
    found.set(one.tag, { [other]: there, [host]: own });
    same ||= one.tag !== release.tag && there === own;
  }
  return same ? found : new Map();
}
