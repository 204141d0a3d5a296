import { type SupportEntry, supportSentence } from "../../../domain/support.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { count } from "../../../views/words.ts";
import { type Item, placesFact } from "./item.ts";

/** What gets no fixes any more, or soon. */
export function endingItem(entry: SupportEntry): Item {
  return {
    title: entry.subject,
    url: entry.url,
    about: [entry.project, upstreamLabel(entry.upstream), count(entry.places.length, "place")],
    facts: [
      { mark: entry.ended ? "ended" : "ends", tone: "careful", text: supportSentence(entry) },
      ...placesFact(entry.places),
    ],
  };
}
