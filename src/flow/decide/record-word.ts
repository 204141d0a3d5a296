import { recordHumanDecision } from "../../db/decisions/human-decisions.ts";
import type { StoredCandidate } from "../../db/decisions/stored-candidate.ts";
import { appendEvent } from "../../db/deliveries/events.ts";
import type { HumanDecision } from "../../domain/bump.ts";
import { ENDS } from "../../domain/candidate-state.ts";
import type { FlowContext } from "../context.ts";
import { moveCandidate } from "./move-candidate.ts";

/**
 * What a named person says of a candidate, and the way it came, such as "a comment". `word`: the forge's id of it, where
 * it is read until it is known to have been recorded.
 */
export type PersonsWord = Pick<HumanDecision, "action" | "by" | "reason" | "until" | "word"> & {
  readonly through?: string;
};

/**
 * Records what a person decided about exactly this version. Everything that people say goes through here, whichever way
 * it came: whoever is allowed to was checked before. Keyed by upstream and version, so that it outlives branches.
 */
export async function recordWord(
  flow: FlowContext,
  stored: Pick<StoredCandidate, "id" | "project" | "upstream" | "to" | "state">,
  { through, word, ...statement }: PersonsWord,
): Promise<HumanDecision> {
  const now = flow.clock();
  const { id, project, upstream, to } = stored;
  const said: HumanDecision = {
    project,
    upstream,
    range: `=${to}`,
    ...statement,
    at: now,
    ...(word !== undefined && { word }),
  };
  const data = { range: said.range, ...statement, ...(through !== undefined && { through }) };
  const event = { kind: "decided-by-hand", project, upstream, candidate: id, data };
  await flow.db.transaction(async (tx) => {
    if (await recordHumanDecision(tx, said)) await appendEvent(tx, event, now);
  });
  // Planning undoes no end; a person may.
  if ((said.action === "reopen" || said.action === "approve") && ENDS.includes(stored.state))
    await moveCandidate(flow, stored, "seen", { by: said.by, reason: said.reason });
  return said;
}
