import { latestDecisions } from "../../db/decisions/decisions.ts";
import { deliveriesOf } from "../../db/deliveries/deliveries.ts";
import { eventsAbout } from "../../db/deliveries/events.ts";
import { componentKeyOf } from "../../db/projects/components.ts";
import { projectState } from "../../db/projects/projects.ts";
import { composeNotes } from "../../deliver/notes/compose.ts";
import { notesToHtml } from "../../deliver/notes/to-mail.ts";
import type { Decision } from "../../domain/bump.ts";
import type { CandidateView } from "../../domain/pages/candidate-page.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { CHECKS } from "../../score/checks.ts";
import type { FlowContext } from "../context.ts";
import { storedCandidate } from "../decide/find-candidate.ts";
import { linkPlaces } from "../deliver/forge-links.ts";
import { tellHistory } from "./tell-history.ts";

/** Characters of release notes on one page. */
const NOTES = 60_000;
const HISTORY = 50;

/** Reads everything about one candidate; a failure says that there is none of that id. */
export async function showCandidate(flow: FlowContext, id: string): Promise<CandidateView | Failure> {
  const stored = await storedCandidate(flow, id);
  if (isFailure(stored)) return stored;
  const { project, upstream, snapshot } = stored;
  const decision = (await latestDecisions(flow.db, [stored.id])).get(stored.id)?.decision;
  const deliveries = await deliveriesOf(flow.db, "candidate", [stored.id]);
  const url = deliveries.findLast((one) => one.url !== undefined)?.url;
  const commit = (await projectState(flow.db, project))?.commit;
  const { key, pins } = snapshot.candidate.component;
  const about = { upstream, project, candidate: stored.id };
  return {
    id: stored.id,
    project,
    componentKey: (await componentKeyOf(flow.db, project, stored.id)) ?? key,
    ...snapshot,
    state: stored.state,
    ...(stored.until !== undefined && { until: stored.until }),
    ...{ firstSeenAt: stored.firstSeenAt, updatedAt: stored.updatedAt },
    ...(decision !== undefined && { decision }),
    whys: whysOf(decision),
    places: linkPlaces(flow, project, commit, pins),
    ...(url !== undefined && { url }),
    deliveries,
    history: tellHistory(await eventsAbout(flow.db, about, HISTORY)),
  };
}

/** What people should know who never read about a check: what its finding may mean. */
function whysOf(decision: Decision | undefined): Record<string, string> {
  const against = (decision?.reasons ?? []).filter(({ level }) => level !== "note");
  const rules = new Set(against.map(({ rule }) => rule));
  return Object.fromEntries(CHECKS.filter(({ id }) => rules.has(id)).map(({ id, why }) => [id, why]));
}

/** The release notes of all versions on the way, as their authors wrote them, made harmless, in at most so many characters. Empty: there are none. */
export function notesOf({ candidate }: CandidateView, most = NOTES) {
  return notesToHtml(composeNotes(candidate.between, most, { depth: 3 }));
}
