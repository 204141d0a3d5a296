import type { DigestEntry } from "../../../domain/digest.ts";
import { DAY, type Instant } from "../../../domain/instant.ts";
import { count } from "../../../views/words.ts";
import { entryItem, fixFact, handFact } from "./entry.ts";
import type { Item } from "./item.ts";

/** What was said before, and still waits for somebody: its age, the pull request, and what is the matter with that. */
export function reminderItem(entry: DigestEntry, at: Instant): Item {
  const { title, url, about } = entryItem(entry, at);
  const since = entry.proposedAt ?? entry.since;
  const age = since === undefined ? [] : [`open since ${ageOf(since, at)}`];
  const fixes = entry.candidate.fixes.slice(0, 3).map(fixFact);
  return {
    title,
    about: [about[0] ?? "", ...age],
    facts: [...handFact(entry), ...fixes],
    compact: true,
    ...(url !== undefined && { url }),
  };
}

function ageOf(since: Instant, at: Instant): string {
  const days = Math.floor((Date.parse(at) - Date.parse(since)) / DAY);
  return days < 1 ? "today" : count(days, "day");
}
