import type { DigestEntry } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { moment, relative } from "../../../views/time.ts";
import { STEPS } from "../../../views/words.ts";
import { entryItem, fixFact } from "./entry.ts";
import type { Fact, Item } from "./item.ts";

/**
 * A candidate whose time has not come: nothing is asked of anybody. Why is told once; from then on a line says until when.
 * What could not be checked is said when it is proposed.
 */
export function waitingItem(entry: DigestEntry, at: Instant): Item {
  const item = entryItem(entry, at);
  const { candidate, decision, project, isNew } = entry;
  if (isNew !== false) return { ...item, facts: item.facts.filter(({ mark }) => mark !== "not checked") };
  const { until } = decision;
  const told: Fact[] =
    until === undefined
      ? item.facts.filter(({ mark }) => mark === "waits").slice(0, 1)
      : [{ mark: "until", tone: "calm", text: `${moment(until)}, ${relative(until, at)}` }];
  const facts = [...told, ...candidate.fixes.slice(0, 3).map(fixFact)];
  return { ...item, about: [project, STEPS[candidate.step]], facts, compact: true };
}
