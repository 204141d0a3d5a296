import { candidate, supersedeCandidates, upsertCandidate } from "../db/candidates.ts";
import { recordDecision } from "../db/decisions.ts";
import { appendEvent } from "../db/events.ts";
import { stateAfter } from "../domain/candidate-state.ts";
import type { Instant } from "../domain/instant.ts";
import type { Project } from "../domain/project.ts";
import { contentOf } from "../domain/release.ts";
import type { FlowContext } from "./context.ts";
import type { Planned } from "./planned.ts";

/** Stores every decision with what it was made from. Candidates that are no longer the newest become superseded. */
export async function recordDecided(flow: FlowContext, project: Project, planned: readonly Planned[]): Promise<void> {
  const now = flow.clock();
  for (const one of planned) await recordOne(flow, one, now);
  const superseded = await supersedeCandidates(
    flow.db,
    project.id,
    planned.map((one) => one.candidate.id),
    now,
  );
  for (const { id, upstream } of superseded)
    await appendEvent(flow.db, { kind: "candidate-superseded", project: project.id, upstream, candidate: id }, now);
}

async function recordOne(
  flow: FlowContext,
  { project, candidate: given, decision, card }: Planned,
  now: Instant,
): Promise<void> {
  const before = (await candidate(flow.db, given.id))?.state;
  await upsertCandidate(
    flow.db,
    given,
    { state: stateAfter(before, decision.verdict), until: decision.until, card },
    now,
  );
  const { checks, score } = card;
  const isNews = await recordDecision(
    flow.db,
    given.id,
    { decision, checks, score, content: contentOf(given.to) },
    now,
  );
  if (!isNews) return;
  const data = {
    verdict: decision.verdict,
    until: decision.until,
    to: given.to.version,
    reasons: decision.reasons.map((reason) => reason.summary),
  };
  await appendEvent(
    flow.db,
    { kind: "decided", project: project.id, upstream: given.to.upstream, candidate: given.id, data },
    now,
  );
}
