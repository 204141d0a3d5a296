import type { UnusedEntry } from "../../../domain/digest.ts";
import { count } from "../../../views/words.ts";
import type { Item } from "./item.ts";

/** A file that no other one names: its pins move like all others, and perhaps for nobody. */
export function unusedItem({ project, path, pins }: UnusedEntry): Item {
  const text = `${count(pins, "pin")}: no other file that is read names it. A copy left behind? Then delete it, or leave it out with ignore.`;
  return { title: path, about: [project], facts: [{ mark: "look", tone: "calm", text }], compact: true };
}
