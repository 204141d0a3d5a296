import { DAY, type Instant, plus } from "../domain/instant.ts";
import type { Release } from "../domain/release.ts";

/** What an image held under a name that is pushed again and again. `digest`: of its index; `seenAt`: first sight of it. */
export type SeenContent = { readonly digest: string; readonly seenAt: Instant };

/** A name with all that was seen behind it. */
type Rebuilt = Pick<Release, "digests" | "contentFirstSeenAt" | "earlierContent">;

/**
 * What is pushed within a day is one push: builders write an image's platforms one after the other, and who finds out what
 * they have pushed replaces it. The last one speaks for all of them. A name that is built all day long has one a day.
 */
const ONE_PUSH = DAY;

/**
 * What a name held between the content that is pinned and the one that is there now, newest first: what may be taken while
 * the newest has to wait. Not among them is what was replaced within a day, and what was taken back, because the name went
 * back to something older afterwards. Where the pinned content was never seen, all that was seen is given (`isPinnedSeen`).
 */
export function contentsBetween(
  release: Rebuilt,
  pinned: readonly string[],
): { readonly contents: readonly SeenContent[]; readonly isPinnedSeen: boolean } {
  const { digests, contentFirstSeenAt } = release;
  const sightings = [...release.earlierContent, { digests, seenAt: contentFirstSeenAt }];
  const isPinned = (one: { readonly digests: Release["digests"] }) =>
    Object.values(one.digests).some((digest) => pinned.includes(digest));
  const pinnedAt = sightings.findLastIndex(isPinned);
  const seen = sightings.map(({ digests: { index: digest = "" }, seenAt }): SeenContent => ({ digest, seenAt }));
  const wentBack = seen.findLastIndex(({ digest }, at) => seen.slice(0, at).some((one) => one.digest === digest));
  const since = seen.slice(Math.max(pinnedAt + 1, wentBack));
  const contents = lastOfEachPush(since).filter(({ digest }) => digest !== "" && digest !== digests.index);
  return { contents: contents.toReversed(), isPinnedSeen: pinnedAt >= 0 };
}

/** Oldest first. */
function lastOfEachPush(contents: readonly SeenContent[]): SeenContent[] {
  const pushes: { readonly began: Instant; last: SeenContent }[] = [];
  for (const content of contents) {
    const push = pushes.at(-1);
    if (push !== undefined && content.seenAt < plus(push.began, ONE_PUSH)) push.last = content;
    else pushes.push({ began: content.seenAt, last: content });
  }
  return pushes.map(({ last }) => last);
}
