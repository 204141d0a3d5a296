import { type Among, putCandidates, supersedeCandidates } from "../../db/decisions/candidates.ts";
import { appendDecisions, newDecisions } from "../../db/decisions/decisions.ts";
import { appendEvents, type NewEvent } from "../../db/deliveries/events.ts";
import { batches } from "../../db/sql/row.ts";
import { writingOnce } from "../../db/sql/rows-as-json.ts";
import { type CandidateState, stateAfter } from "../../domain/candidate-state.ts";
import type { Instant } from "../../domain/instant.ts";
import { contentOf } from "../../domain/release.ts";
import type { FlowContext } from "../context.ts";
import type { Planned } from "./planned.ts";

/** Decisions of one transaction: those of one slice of a plan, of which some have an older step beside them. */
const AT_ONCE = 200;

/** Stores every decision with what it was made from. */
export async function recordDecided(flow: FlowContext, planned: readonly Planned[]): Promise<void> {
  const distinct = new Map(planned.map((one) => [one.candidate.id, one]));
  for (const batch of batches([...distinct.values()], AT_ONCE)) await recordBatch(flow, batch, flow.clock());
}

/** Candidates of a project (or of one upstream in it) that are no longer the newest become superseded. */
export async function supersedeOthers(flow: FlowContext, among: Among, planned: readonly Planned[]): Promise<void> {
  const now = flow.clock();
  const ids = planned.map(({ candidate }) => candidate.id);
  await flow.db.transaction(async (tx) => {
    const superseded = await supersedeCandidates(tx, among, ids, now);
    const events = superseded.map(({ id, upstream }): NewEvent => {
      return { kind: "candidate-superseded", project: among.project, upstream, candidate: id };
    });
    await appendEvents(tx, events, now);
  });
}

function recordBatch(flow: FlowContext, batch: readonly Planned[], now: Instant): Promise<void> {
  const updates = batch.map(({ candidate, decision, card }) => {
    const after = (before: CandidateState | undefined) => stateAfter(before, decision.verdict);
    return { candidate, until: decision.until, card, stateAfter: after };
  });
  const made = batch.map(({ candidate, decision, card: { checks, score } }) => {
    return [candidate.id, { decision, checks, score, content: contentOf(candidate.to) }] as const;
  });
  const write = writingOnce();
  return flow.db.transaction(async (tx) => {
    const news = await newDecisions(tx, new Map(made));
    const decided = new Set(news.map(({ candidate }) => candidate));
    const stored = updates.map((one) => ({ ...one, isCardDecided: decided.has(one.candidate.id) }));
    await putCandidates(tx, stored, now, write);
    await appendDecisions(tx, news, now, write);
    await appendEvents(tx, batch.filter(({ candidate }) => decided.has(candidate.id)).map(toEvent), now);
  });
}

function toEvent({ project, candidate, decision }: Planned): NewEvent {
  const { verdict, until } = decision;
  const { upstream, version } = candidate.to;
  const reasons = decision.reasons.map((reason) => reason.summary);
  const data = { verdict, until, to: version, reasons };
  return { kind: "decided", project: project.id, upstream, candidate: candidate.id, data };
}
