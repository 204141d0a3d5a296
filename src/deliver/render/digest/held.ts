import type { DigestEntry } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { entryItem } from "./entry.ts";
import type { Item } from "./item.ts";

/** A candidate that waits for a person's word, with the command that gives it. */
export function heldItem(entry: DigestEntry, at: Instant): Item {
  return { ...entryItem(entry, at), command: `headgate approve ${entry.candidate.id} --reason "why"` };
}
