import { pruneDecisions } from "../../db/decisions/decisions.ts";
import { pruneCandidates } from "../../db/decisions/prune-candidates.ts";
import { pruneAudit } from "../../db/deliveries/audit.ts";
import { pruneEvents } from "../../db/deliveries/events.ts";
import { pruneBlobs } from "../../db/projects/blobs.ts";
import { pruneStandings } from "../../db/projects/standings.ts";
import { pruneObservations } from "../../db/releases/observations.ts";
import { pruneRefs } from "../../db/releases/refs.ts";
import { vacuum } from "../../db/service/vacuum.ts";
import { pruneFacts } from "../../db/upstreams/facts.ts";
import { plus } from "../../domain/instant.ts";
import type { FlowContext } from "../context.ts";

/** What was dropped, by what it was. */
export type Pruned = {
  readonly candidates: number;
  readonly decisions: number;
  readonly events: number;
  readonly audit: number;
  readonly standings: number;
  readonly observations: number;
  readonly refs: number;
  readonly facts: number;
  readonly texts: number;
};

/**
 * Drops what is older than the configuration keeps. The latest decision of each candidate that went out stays, and so does
 * everything that was seen first: clocks run from there.
 */
export async function pruneStore(flow: FlowContext): Promise<Pruned> {
  const { db, retention } = flow;
  const decided = plus(flow.clock(), -retention.decisions);
  const raw = plus(flow.clock(), -retention.evidence);
  const pruned = {
    candidates: await pruneCandidates(db, decided),
    decisions: await pruneDecisions(db, decided),
    events: await pruneEvents(db, decided),
    audit: await pruneAudit(db, decided),
    standings: await pruneStandings(db, decided),
    observations: await pruneObservations(db, decided),
    refs: await pruneRefs(db, decided),
    facts: await pruneFacts(db, raw),
    texts: await pruneBlobs(db, raw),
  };
  if (flow.backupsIn !== undefined) await vacuum(db); // a server does that by itself
  return pruned;
}
