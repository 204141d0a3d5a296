import type { Release } from "../../domain/release.ts";
import { lastKnown, WINDOW } from "../../domain/release-history.ts";
import { type Check, type Difference, judged, notChecked, ofTheLast, passed, unknownPart } from "../check.ts";

/** Whether an image's tag belongs to a release of its project, and whether registries agree on what it is. */
export const imageOrigin: Check = {
  id: "image-origin",
  rule: "R8",
  title: "An image that its project did not release",
  why: "Stolen registry credentials push tags that the project's repository, or its other registry, knows nothing of.",
  appliesTo: ({ upstream }) => upstream.startsWith("pkg:docker/"),
  judge: ({ release, earlier }, now) => {
    const disagreement = disagreementOf(release);
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
    return passed("Its project, or another registry, knows it.");
  },
};

function disagreementOf({ tag, digests, evidence }: Release): Difference[] {
  const own = digests.index;
  return Object.entries(evidence?.otherDigests ?? {}).flatMap(([host, digest]): Difference[] => {
    if (own === undefined || digest === own) return [];
    const summary = `${host} has another image under ${tag}.`;
    return [{ outcome: "hold", summary, part: "otherDigests", observed: own, expected: `${host}: ${digest}` }];
  });
}

function unreleasedOf(release: Release, earlier: readonly Release[]): Difference[] | "unknown" {
  const released = (one: Release) => {
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
