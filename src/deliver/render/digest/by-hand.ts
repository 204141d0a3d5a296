import { type DigestEntry, LOCKED, PIN_BY_HAND } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { byHandMark, entryItem, fixFact, handFact } from "./entry.ts";
import type { Item } from "./item.ts";

/** What comes by itself, or needs nobody: a line is enough. */
const NOBODY: readonly string[] = ["waits", "tried again", "covered"];

/** What waits for a place comes by itself; what somebody else's pull request covers needs nobody. */
export function handItem(entry: DigestEntry, at: Instant): Item {
  const item = entryItem(entry, at);
  const reason = entry.byHand ?? "";
  const saysHow = [PIN_BY_HAND, LOCKED].some((words) => reason.startsWith(words)); // no patch of ours does it
  if (NOBODY.includes(byHandMark(reason))) {
    const facts = [...handFact(entry), ...entry.candidate.fixes.slice(0, 3).map(fixFact)];
    return { ...item, about: item.about.slice(0, 2), facts, compact: true };
  }
  const needsHand = byHandMark(reason) === "by hand" && !saysHow;
  return needsHand ? { ...item, command: `headgate apply ${entry.candidate.id} --patch | git apply` } : item;
}

/** What somebody has to do comes first. */
export function byHandFirst(a: Item, b: Item): number {
  return Number(a.compact === true) - Number(b.compact === true);
}
