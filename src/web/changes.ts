import type { CandidateView, ChangeView } from "../domain/candidate-page.ts";
import { MINUTE } from "../domain/instant.ts";
import { createDesks } from "../flow/discover/desk.ts";
import { showChange } from "../flow/show/show-change.ts";
import type { Edge } from "./edge.ts";

/** The change of a candidate, built once for everybody who looks within a few minutes. */
export type Changes = (edge: Edge, view: CandidateView) => Promise<ChangeView>;

/** A page waits so long; whoever comes later finds it built. */
const PATIENCE = 1_000;
const KEPT = 2 * MINUTE;
const MOST = 20;

/**
 * Builds changes for pages: reading a project's files and reckoning checksums can take long, and a page must not. One
 * build per candidate at a time, at most twenty remembered.
 */
export function createChanges(): Changes {
  const deskOf = createDesks();
  const building = new Map<string, { readonly change: Promise<ChangeView>; readonly since: number }>();
  return async (edge, view) => {
    const key = `${view.id} ${view.updatedAt}`;
    const now = Date.now();
    const known = building.get(key);
    const entry = known !== undefined && now - known.since < KEPT ? known : start(edge, view.id, now, deskOf);
    building.delete(key); // so that the oldest is the first
    building.set(key, entry);
    for (const old of [...building.keys()].slice(0, -MOST)) building.delete(old);
    return Promise.race([entry.change, patience()]);
  };
}

function start(edge: Edge, candidate: string, since: number, deskOf: ReturnType<typeof createDesks>) {
  const change = showChange(edge.flow, candidate, deskOf).catch((error: unknown): ChangeView => {
    edge.flow.log.error("A change could not be built for a page", { candidate, error });
    return { kind: "refused", why: "It could not be built; the daemon's log says why." };
  });
  return { change, since };
}

function patience(): Promise<ChangeView> {
  return new Promise((resolve) => setTimeout(() => resolve({ kind: "pending" }), PATIENCE).unref());
}
