import type { DigestEntry } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { entryItem } from "./entry.ts";
import type { Item } from "./item.ts";
import { decideFact } from "./pages.ts";

/** A candidate that waits for a person's word, with the page and the command that give it. */
export function heldItem(entry: DigestEntry, at: Instant, pages?: string): Item {
  const item = entryItem(entry, at);
  const { id } = entry.candidate;
  return {
    ...item,
    facts: [...item.facts, ...decideFact(pages, id)],
    command: `headgate approve ${id} --reason "why"`,
  };
}
