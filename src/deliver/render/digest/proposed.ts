import type { DigestEntry } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { composeNotes } from "../../notes/compose.ts";
import { entryItem } from "./entry.ts";
import type { Item } from "./item.ts";

/** Characters of release notes beside one proposal; the rest is in its pull request. */
const NOTES_BUDGET = 1_800;

/** What is new or has changed stands apart from what was said before, and both from what no pull request carries. */
export function proposedParts(proposed: readonly DigestEntry[]) {
  const withPull = proposed.filter((entry) => entry.byHand === undefined || entry.url !== undefined);
  return {
    fresh: withPull.filter((entry) => entry.isNew !== false || entry.url === undefined),
    standing: withPull.filter((entry) => entry.isNew === false && entry.url !== undefined),
    withoutPull: proposed.filter((entry) => !withPull.includes(entry)),
  };
}

/** A proposal with its release notes. */
export function proposedItem(entry: DigestEntry, at: Instant): Item {
  const { between } = entry.candidate;
  const hasNotes = between.some((release) => (release.notes ?? "").trim() !== "");
  return { ...entryItem(entry, at), ...(hasNotes && { notes: once(() => composeNotes(between, NOTES_BUDGET)) }) };
}

/** Works once, and remembers. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
