import { type Digest, sortAlerts } from "../../../domain/digest.ts";
import { moment } from "../../../views/time.ts";
import { count } from "../../../views/words.ts";
import { proposedParts } from "./proposed.ts";

/** The digest in one line: `1 overdue, 3 ready to review, 1 held, 12 waiting`. */
export function digestCounts(digest: Digest): string {
  const { fresh, standing, withoutPull } = proposedParts(digest.proposed);
  const { overdue, due, unlisted, others } = sortAlerts(digest);
  const parts = [
    [overdue.length + unlisted.length, "overdue"],
    [others.length, others.length === 1 ? "alert" : "alerts"],
    [due.length, "to be answered in time"],
    [fresh.length, "ready to review"],
    [digest.blocked.length, "blocked"],
    [digest.held.length, "held"],
    [withoutPull.length, "without a pull request"],
    [standing.length, "still open"],
    [digest.waiting.length, "waiting"],
    [digest.ending.length, "out of support, or soon"],
    [digest.takenBack.length, "taken back by hand"],
    [digest.merged.length, "merged"],
    [digest.unchecked.length, "not checked"],
    [digest.changed.length, "changed without alarm"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return said.length === 0 ? "nothing new" : said.join(", ");
}

/** What is watched, so that silence can be told from blindness. */
export function watchedLine({ watched, from, until }: Digest): string {
  const subject = `${count(watched.upstreams, "upstream")} of ${count(watched.components, "component")} in ${count(watched.projects, "project")}`;
  return `Watched from ${moment(from)} to ${moment(until)}: ${subject}.`;
}
