import type { StoredCandidate } from "../db/candidates.ts";
import { appendEvent } from "../db/events.ts";
import { humanDecisionsFor, recordHumanDecision } from "../db/human-decisions.ts";
import type { HumanDecision } from "../domain/bump.ts";
import type { Instant } from "../domain/instant.ts";
import type { FlowContext } from "./context.ts";
import { moveCandidate } from "./move-candidate.ts";

/**
 * What a named person says of a candidate, and the way it came, such as "a comment". `saidAt`: when, of a word that is
 * read until it is known to have been recorded.
 */
export type PersonsWord = Pick<HumanDecision, "action" | "by" | "reason" | "until"> & {
  readonly through?: string;
  readonly saidAt?: Instant | undefined;
};

/**
 * Records what a person decided about exactly this version. Everything that people say goes through here, whichever way
 * it came: whoever is allowed to was checked before. Keyed by upstream and version, so that it outlives branches.
 */
export async function recordWord(
  flow: FlowContext,
  stored: Pick<StoredCandidate, "id" | "project" | "upstream" | "to" | "state">,
  { through, saidAt, ...word }: PersonsWord,
): Promise<HumanDecision> {
  const now = flow.clock();
  const { id, project, upstream, to } = stored;
  const said: HumanDecision = { project, upstream, range: `=${to}`, ...word, at: now };
  const data = { range: said.range, ...word, ...(through !== undefined && { through }) };
  const event = { kind: "decided-by-hand", project, upstream, candidate: id, data };
  if (saidAt === undefined || !(await isRecorded(flow, said, saidAt)))
    await flow.db.transaction(async (tx) => {
      await recordHumanDecision(tx, said);
      await appendEvent(tx, event, now);
    });
  // Planning undoes no end; a person may.
  if (word.action === "reopen" && stored.state === "closed")
    await moveCandidate(flow, stored, "seen", { by: word.by, reason: word.reason });
  return said;
}

/** Whether this very word was recorded by a process that ended before it could remember that it had read it. */
async function isRecorded(flow: FlowContext, said: HumanDecision, saidAt: Instant): Promise<boolean> {
  const known = await humanDecisionsFor(flow.db, said.project, said.upstream);
  return known.some(
    ({ action, by, reason, range, at }) =>
      action === said.action && by === said.by && reason === said.reason && range === said.range && at >= saidAt,
  );
}
