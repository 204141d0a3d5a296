import { type DigestEntry, LOCKED, PIN_BY_HAND } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { byHandMark, entryItem } from "./entry.ts";
import type { Item } from "./item.ts";

/** What waits for a place comes by itself; what somebody else's pull request covers needs nobody. */
export function handItem(entry: DigestEntry, at: Instant): Item {
  const item = entryItem(entry, at);
  const reason = entry.byHand ?? "";
  const saysHow = [PIN_BY_HAND, LOCKED].some((words) => reason.startsWith(words)); // no patch of ours does it
  const needsHand = byHandMark(reason) === "by hand" && !saysHow;
  return needsHand ? { ...item, command: `headgate apply ${entry.candidate.id} --patch | git apply` } : item;
}
