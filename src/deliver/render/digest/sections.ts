import type { Alert } from "../../../domain/bump.ts";
import { type Digest, type DigestEntry, groupUnchecked, sortAlerts } from "../../../domain/digest.ts";
import { advisoryItem } from "./advisory.ts";
import { alertItem } from "./alert.ts";
import { byHandFirst, handItem } from "./by-hand.ts";
import { driftItem } from "./drift.ts";
import { entryItem } from "./entry.ts";
import { heldItem } from "./held.ts";
import { type Section, shortened } from "./item.ts";
import { mergedItem, takenBackItem } from "./merged.ts";
import { proposedItem, proposedParts } from "./proposed.ts";
import { quietChangeItem } from "./quiet-change.ts";
import { reminderItem } from "./reminder.ts";
import { endingItem } from "./support.ts";
import { uncheckedItem } from "./unchecked.ts";
import { unpinnedItem } from "./unpinned.ts";
import { unusedItem } from "./unused.ts";
import { waitingItem } from "./waiting.ts";

/** The sections of a digest in the order of urgency; those with nothing to say are absent. */
export function digestSections(digest: Digest): Section[] {
  return [...troubleSections(digest), ...moveSections(digest), ...pinSections(digest)]
    .filter((section) => section.items.length > 0)
    .map((section) => ({ ...section, items: section.items.map(shortened) }));
}

/** What is wrong with what is pinned. */
function troubleSections(digest: Digest): Section[] {
  const at = digest.until;
  const { overdue, due, unlisted, others } = sortAlerts(digest);
  const alerts = (list: readonly Alert[]) => list.map((alert) => alertItem(alert, at, digest.pages));
  const advisories = (list: typeof due) => list.map(({ entry, alert }) => advisoryItem(entry, alert, at));
  return [
    { heading: "Overdue", tone: "urgent", items: [...advisories(overdue), ...alerts(unlisted)] },
    { heading: "Look at these now", tone: "urgent", items: alerts(others) },
    { heading: "Known advisories", tone: "careful", items: advisories(due) },
  ];
}

/** What could move, has moved or has to, and where it stands. */
function moveSections(digest: Digest): Section[] {
  const at = digest.until;
  const { fresh, standing, withoutPull } = proposedParts(digest.proposed);
  const entries = (list: readonly DigestEntry[]) => list.map((entry) => entryItem(entry, at));
  return [
    { heading: "Ready to review", tone: "good", items: fresh.map((entry) => proposedItem(entry, at)) },
    { heading: "Blocked", tone: "urgent", items: entries(digest.blocked) },
    {
      heading: "Held for a person's word",
      tone: "careful",
      items: digest.held.map((entry) => heldItem(entry, at, digest.pages)),
    },
    {
      heading: "Wanted, but not in a pull request of ours",
      tone: "careful",
      items: withoutPull.map((entry) => handItem(entry, at)).toSorted(byHandFirst),
    },
    { heading: "Still open", tone: "calm", items: standing.map((entry) => reminderItem(entry, at)) },
    { heading: "Waiting", tone: "calm", items: digest.waiting.map((entry) => waitingItem(entry, at)) },
    { heading: "Out of support, or soon", tone: "careful", items: digest.ending.map(endingItem) },
    { heading: "Merged, then taken back by hand", tone: "careful", items: digest.takenBack.map(takenBackItem) },
    { heading: "Component version updates", tone: "good", items: digest.merged.map(mergedItem) },
    {
      heading: "Could not be checked",
      tone: "careful",
      items: groupUnchecked(digest.unchecked).map((entry) => uncheckedItem(entry, at)),
    },
  ];
}

/** What was seen of pins without being trouble. */
function pinSections(digest: Digest): Section[] {
  return [
    { heading: "Changed without alarm", tone: "calm", items: digest.changed.map(quietChangeItem) },
    { heading: "One upstream, several versions", tone: "calm", items: digest.drifting.map(driftItem) },
    { heading: "Tried side by side, moved by hand", tone: "calm", items: digest.sideBySide.map(driftItem) },
    { heading: "Nothing builds from these files", tone: "calm", items: digest.unused.map(unusedItem) },
    { heading: "Not pinned", tone: "calm", items: digest.unpinned.map(unpinnedItem) },
  ];
}
