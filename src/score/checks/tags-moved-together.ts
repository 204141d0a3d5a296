import { DAY, type Instant, plus } from "../../domain/instant.ts";
import { outlineOf, tagKind } from "../../domain/integrity/content-history.ts";
import type { ReleaseOutline } from "../../domain/release.ts";
import { type Check, judged, passed } from "../check.ts";

/** As many versions as are changed together by somebody who changes them all, and hardly ever by accident. */
const SEVERAL = 3;
/** One look may be hours after the other: moves that were seen within this time count as one. */
const TOGETHER = DAY;
/** How long a project is left alone after that. */
const AFTERWARDS = 30 * DAY;

/** Whether several known versions of the project lost their content at once. It speaks against every version of it. */
export const tagsMovedTogether: Check = {
  id: "tags-moved-together",
  rule: "R2",
  title: "Several versions changed at once",
  why: "Whoever takes over a repository moves all of its tags, because projects pin different ones.",
  basis: "registry",
  appliesTo: ({ upstream }) => !upstream.startsWith("pkg:docker/"),
  judge: ({ release, history }, now) => {
    const moved = [outlineOf(release), ...history].filter((one) => isMoved(one, history, now));
    const groups = moved.map((one) => moved.filter((other) => isTogether(one, other)));
    const largest = groups.reduce<readonly ReleaseOutline[]>(
      (best, group) => (group.length > best.length ? group : best),
      [],
    );
    if (largest.length < SEVERAL) return passed("No three versions of it changed together.");
    const tags = largest.map((one) => one.tag);
    const shown = `${tags.slice(0, 3).join(", ")}${tags.length > 3 ? ` and ${tags.length - 3} more` : ""}`;
    const day = largest
      .map((one) => one.contentFirstSeenAt)
      .toSorted()[0]
      ?.slice(0, 10);
    const summary = `${tags.length} known versions changed together, seen on ${day}: ${shown}. Take nothing from the project before that is explained.`;
    const observed = `${tags.length} versions with other content`;
    return judged(
      release,
      [{ outcome: "block", summary, part: "content", observed, expected: "versions keep their content" }],
      now,
    );
  },
};

function isMoved(one: ReleaseOutline, history: readonly ReleaseOutline[], now: Instant): boolean {
  return one.moved && one.contentFirstSeenAt >= plus(now, -AFTERWARDS) && tagKind(one, history) === "fixed";
}

function isTogether(one: ReleaseOutline, other: ReleaseOutline): boolean {
  const [a, b] = [one.contentFirstSeenAt, other.contentFirstSeenAt];
  return b >= a && b <= plus(a, TOGETHER);
}
