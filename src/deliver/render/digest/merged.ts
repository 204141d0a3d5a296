import type { MergedEntry } from "../../../domain/digest.ts";
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
