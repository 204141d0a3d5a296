import type { StoredCandidate } from "../db/candidates.ts";
import { appendEvent } from "../db/events.ts";
import { recordHumanDecision } from "../db/human-decisions.ts";
import type { HumanDecision } from "../domain/bump.ts";
import type { FlowContext } from "./context.ts";
import { moveCandidate } from "./move-candidate.ts";

/** What a named person says of a candidate, and the way it came, such as "a comment". */
export type PersonsWord = Pick<HumanDecision, "action" | "by" | "reason" | "until"> & { readonly through?: string };

/**
 * Records what a person decided about exactly this version. Everything that people say goes through here, whichever way
 * it came: whoever is allowed to was checked before. Keyed by upstream and version, so that it outlives branches.
 */
export async function recordWord(
  flow: FlowContext,
  stored: Pick<StoredCandidate, "id" | "project" | "upstream" | "to" | "state">,
  { through, ...word }: PersonsWord,
): Promise<HumanDecision> {
  const now = flow.clock();
  const { id, project, upstream, to } = stored;
  const said: HumanDecision = { project, upstream, range: `=${to}`, ...word, at: now };
  await recordHumanDecision(flow.db, said);
  const data = { range: said.range, ...word, ...(through !== undefined && { through }) };
  await appendEvent(flow.db, { kind: "decided-by-hand", project, upstream, candidate: id, data }, now);
  // Planning undoes no end; a person may.
  if (word.action === "reopen" && stored.state === "closed")
    await moveCandidate(flow, stored, "seen", { by: word.by, reason: word.reason });
  return said;
}
