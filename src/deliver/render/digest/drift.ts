import type { DriftEntry } from "../../../domain/digest.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { shortVersion } from "../../../views/words.ts";
import { capped, type Fact, type Item, placesText } from "./item.ts";

/** One upstream in several versions, each with its places: by accident, or tried side by side. */
export function driftItem(entry: DriftEntry): Item {
  const facts = entry.versions.map(
    (one): Fact => ({ mark: shortVersion(one.version), tone: "calm", text: placesText(one.places) }),
  );
  return { title: upstreamLabel(entry.upstream), about: [entry.project], facts: capped(facts) };
}
