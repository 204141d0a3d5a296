import type { MergedEntry, TakenBackEntry } from "../../../domain/digest.ts";
import { day } from "../../../views/time.ts";
import { upstreamPage } from "../../../views/upstream-page.ts";
import type { Fact, Item } from "./item.ts";
import { moveTitle } from "./move-title.ts";

/** A change that was merged, in the form of Malcolm's release notes: a line with a link. */
export function mergedItem({ project, candidate, mergedAt, url }: MergedEntry): Item {
  const page = candidate.to.notesUrl ?? upstreamPage(candidate.component.upstream);
  const pull: Fact[] = url === undefined ? [] : [{ mark: "pull request", tone: "calm", text: "", url }];
  return {
    title: moveTitle(candidate),
    about: [project, `merged on ${day(mergedAt)}`],
    facts: pull,
    compact: true,
    ...(page !== undefined && { url: page }),
  };
}

/** A change that was merged and is not in the base any more: what was made of that, and how to say that it was not meant. */
export function takenBackItem({ project, candidate, at, reason, url }: TakenBackEntry): Item {
  const told = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}: this version is not proposed again, the next one is.`;
  return {
    title: moveTitle(candidate),
    about: [project, `seen on ${day(at)}`],
    facts: [{ mark: "taken back", tone: "careful", text: told }],
    command: `headgate reopen ${candidate.id} --reason "why"`,
    ...(url !== undefined && { url }),
  };
}
