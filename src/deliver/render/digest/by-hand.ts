import type { DigestEntry } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { byHandMark, entryItem } from "./entry.ts";
import type { Item } from "./item.ts";

/** What waits for a place comes by itself; what somebody else's pull request covers needs nobody. */
export function handItem(entry: DigestEntry, at: Instant): Item {
  const item = entryItem(entry, at);
  const needsHand = byHandMark(entry.byHand ?? "") === "by hand";
  return needsHand ? { ...item, command: `headgate apply ${entry.candidate.id} --patch | git apply` } : item;
}
