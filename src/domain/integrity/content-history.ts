import type { Instant } from "../instant.ts";
import { type Asset, contentConflicts, contentOf, type Release, type ReleaseOutline } from "../release.ts";

/** A part of a release's content that differs from what was seen there earlier. */
export type ContentMove = {
  readonly part: string;
  readonly before: string;
  readonly after: string;
  readonly seenAt: Instant;
};

/** How the content of a known version moved: away from what was seen first, or away and back again. */
export type ContentMoves = { readonly away: readonly ContentMove[]; readonly back: readonly ContentMove[] };

/** Compares what is there now with every earlier sighting; each part is told once, against the oldest that differs. */
export function contentMoves(release: Release): ContentMoves {
  if (release.earlierContent.length === 0) return { away: [], back: [] };
  const now = contentOf(release);
  const first = new Map<string, string>();
  const away = new Map<string, ContentMove>();
  const back = new Map<string, ContentMove>();
  for (const { seenAt, commit, digests } of release.earlierContent) {
    const then = { ...(commit !== undefined && { commit }), ...digests };
    for (const [part, value] of Object.entries(then)) if (!first.has(part)) first.set(part, value);
    for (const conflict of contentConflicts(then, now)) {
      const moves = first.get(conflict.part) === conflict.after ? back : away;
      if (!moves.has(conflict.part)) moves.set(conflict.part, { ...conflict, seenAt });
    }
  }
  return { away: [...away.values()], back: [...back.values()] };
}

/** What kind of name a tag is: one that is made once, one that follows its versions (`v4`), or a plain word (`nightly`). */
export function tagKind(
  { tag, upstream }: Pick<Release, "tag" | "upstream">,
  history: readonly Pick<Release, "tag">[],
): "fixed" | "follows" | "word" {
  if (!/\d/.test(tag)) return "word";
  if (!/^[a-z-]*\d+(?:\.\d+)?$/i.test(tag)) return "fixed";
  const one = !tag.includes(".");
  if (upstream.startsWith("pkg:githubactions/") && one) return "follows";
  return history.some((other) => other.tag.startsWith(`${tag}.`)) ? "follows" : "fixed";
}

/** What is left of a version where only its place among the others counts. */
export function outlineOf(release: Release): ReleaseOutline {
  const { assets, tree: _tree, notes: _notes, notesUrl: _notesUrl, earlierContent: _earlierContent, ...rest } = release;
  return { ...rest, uploaders: uploadersOf(assets), moved: contentMoves(release).away.length > 0 };
}

/** Who uploaded the files of a version, each account once, in the order of their names. */
export function uploadersOf(assets: readonly Asset[]): string[] {
  return [...new Set(assets.flatMap(({ uploader }) => uploader ?? []))].toSorted();
}
