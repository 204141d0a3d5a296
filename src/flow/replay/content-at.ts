import { DAY, type Instant, plus } from "../../domain/instant.ts";
import { type Asset, type ContentSighting, contentConflicts, contentOf, type Release } from "../../domain/release.ts";
import { mergeFacts } from "../../domain/release-facts.ts";
import type { Content, Sighting } from "./written-sightings.ts";

/** What is there, with its clock and what was there before. */
export type Seen = Content & Pick<Release, "contentFirstSeenAt" | "earlierContent" | "evidence">;

/** What is there after the given sightings: a part that differs restarts the content's clock and is remembered. */
export function contentAt(sightings: readonly Sighting[]): Seen {
  const [first, ...later] = sightings;
  let now: Content = { digests: {}, assets: [], ...first?.content };
  let since = first?.at ?? plus("1970-01-01T00:00:00.000Z", DAY);
  let facts = first?.facts ?? {};
  const earlierContent: ContentSighting[] = [];
  for (const { at, content, facts: learned } of later) {
    const merged = { ...now, ...content, digests: { ...now.digests, ...content.digests } };
    const [before, next] = [withMarks(now, merged), withMarks(merged, now)];
    now = before;
    if (isOther(now, next)) {
      earlierContent.push(sightingOf(now, since));
      since = at;
    }
    now = next;
    facts = mergeFacts(facts, learned) ?? {};
  }
  const evidence = Object.keys(facts).length > 0 ? { evidence: facts } : {};
  return { ...now, contentFirstSeenAt: since, earlierContent, ...evidence };
}

/**
 * Files without digests, told apart by what is on record: a size, an upload, an uploader that differs is another file.
 * Such a file gets a mark in place of its digest; all others stay as they are.
 */
function withMarks(content: Content, other: Content): Content {
  const assets = content.assets.map((asset) => {
    const pair = other.assets.find(({ name }) => name === asset.name);
    if (pair === undefined || asset.digest !== undefined || !isOtherFile(asset, pair)) return asset;
    const mark = [asset.size, asset.updatedAt, asset.uploader].filter((part) => part !== undefined).join(", ");
    return { ...asset, digest: `of ${mark}` };
  });
  return { ...content, assets };
}

function isOtherFile(one: Asset, other: Asset): boolean {
  return (["size", "updatedAt", "uploader"] as const).some(
    (part) => one[part] !== undefined && other[part] !== undefined && one[part] !== other[part],
  );
}

function isOther(before: Content, after: Content): boolean {
  return contentConflicts(partsOf(before), partsOf(after)).length > 0;
}

function sightingOf(content: Content, seenAt: Instant): ContentSighting {
  const { commit, ...digests } = partsOf(content);
  return { seenAt, digests, ...(commit !== undefined && { commit }) };
}

function partsOf(content: Content): Readonly<Record<string, string>> {
  return contentOf({ version: "", tag: "", publishedBy: "publisher", state: "released", ...content });
}
