import type { UnpinnedEntry } from "../../../domain/digest.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { type Item, placesFact } from "./item.ts";

/** A place whose content whoever owns the tag decides. */
export function unpinnedItem(entry: UnpinnedEntry): Item {
  const written = entry.text === "" ? "no version" : entry.text;
  return {
    title: `${upstreamLabel(entry.upstream)}: ${written}`,
    about: [entry.project],
    facts: placesFact(entry.places),
    compact: true,
  };
}
