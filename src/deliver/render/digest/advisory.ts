import type { Alert, Verdict } from "../../../domain/bump.ts";
import type { DueAdvisory } from "../../../domain/digest.ts";
import type { Instant } from "../../../domain/instant.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { moment, relative } from "../../../views/time.ts";
import { acknowledgeCommand, seenFact } from "./alert.ts";
import { type Fact, type Item, placesFact } from "./item.ts";

/** An advisory about what is pinned: by when it is to be answered, what fixes it, and who looks after it. */
export function advisoryItem(entry: DueAdvisory, alert: Alert | undefined, at: Instant): Item {
  const { advisory, project, upstream, since, dueAt, overdue, places, fix } = entry;
  const due: Fact =
    dueAt === undefined
      ? { mark: "due", tone: "calm", text: "with the next major version" }
      : {
          mark: overdue ? "was due" : "due",
          tone: overdue ? "urgent" : "careful",
          text: `${moment(dueAt)}, ${relative(dueAt, at)}`,
        };
  const remedy: Fact =
    fix === undefined
      ? { mark: "fix", tone: "careful", text: "none is known here yet" }
      : {
          mark: "fix",
          tone: "good",
          text: `${fix.version}: ${VERDICTS[fix.verdict]}`,
          ...(fix.url !== undefined && { url: fix.url }),
        };
  return {
    title: `${advisory.id} in ${upstreamLabel(upstream)}`,
    about: [project, advisory.severity, `known since ${moment(since)}`],
    facts: [
      { mark: "what", tone: "careful", text: advisory.summary },
      due,
      remedy,
      ...placesFact(places),
      ...seenFact(alert),
    ],
    ...(advisory.url !== undefined && { url: advisory.url }),
    ...acknowledgeCommand(alert),
  };
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  propose: "proposed",
  wait: "waiting",
  hold: "held for a person's word",
  block: "blocked",
  skip: "skipped",
};
