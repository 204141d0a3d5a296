import type { QuietChange } from "../../../domain/digest.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { moment } from "../../../views/time.ts";
import { count, QUIET_CHANGES } from "../../../views/words.ts";
import { type Fact, type Item, placesFact } from "./item.ts";

/** What changed under a name that is pinned, and alarmed nobody. */
export function quietChangeItem({ project, upstream, subject, class: kind, ...entry }: QuietChange): Item {
  const { summary, at, times, places } = entry;
  const often: Fact[] =
    times === 1 ? [] : [{ mark: "how often", tone: "calm", text: `${count(times, "time")} since the last digest` }];
  return {
    title: `${QUIET_CHANGES[kind]}: ${upstreamLabel(upstream)}${subject === "" ? "" : ` ${subject}`}`,
    about: [project, moment(at)],
    facts: [{ mark: "what", tone: "calm", text: summary }, ...often, ...placesFact(places)],
  };
}
