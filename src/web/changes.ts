import { setTimeout as pause } from "node:timers/promises";
import type { CandidateView, ChangeView } from "../domain/candidate-page.ts";
import { MINUTE } from "../domain/instant.ts";
import { createDesks } from "../flow/discover/desk.ts";
import { showChange } from "../flow/show/show-change.ts";
import type { Edge } from "./edge.ts";

/** The change of a candidate, built once for everybody who looks within a few minutes. `patience`: in milliseconds. */
export type Changes = (edge: Edge, view: CandidateView, patience: number) => Promise<ChangeView>;

/** A page comes at once. In a small project its change is there as soon. */
export const AT_ONCE = 40;
/** Whoever asks for the change itself waits so long. */
export const PATIENT = 20_000;
const KEPT = 2 * MINUTE;
const MOST = 20;

type Build = { readonly change: Promise<ChangeView>; readonly since: number };

/**
 * Builds changes for pages: reading a project's files and reckoning checksums can take long, and a page must not. One
 * build per candidate at a time, at most twenty remembered. Where builds were slow no page waits at all, and the next one
 * begins when the page has gone out.
 */
export function createChanges(): Changes {
  const deskOf = createDesks();
  const builds = new Map<string, Build>();
  const slow = new Set<string>();
  const begin = async ({ flow }: Edge, { id, project }: CandidateView, since: number): Promise<ChangeView> => {
    const wait = slow.has(project) ? AT_ONCE : 0;
    await pause(wait);
    const change = await showChange(flow, id, deskOf).catch((error: unknown): ChangeView => {
      flow.log.error("A change could not be built for a page", { candidate: id, error });
      return { kind: "refused", why: "It could not be built; the daemon's log says why." };
    });
    if (Date.now() - since - wait > AT_ONCE) slow.add(project);
    else slow.delete(project);
    return change;
  };
  return async (edge, view, patience) => {
    const key = `${view.id} ${view.updatedAt}`;
    const now = Date.now();
    const known = builds.get(key);
    const build =
      known !== undefined && now - known.since < KEPT ? known : { change: begin(edge, view, now), since: now };
    builds.delete(key); // so that the oldest is the first
    builds.set(key, build);
    for (const old of [...builds.keys()].slice(0, -MOST)) builds.delete(old);
    const time = patience === AT_ONCE && slow.has(view.project) ? 0 : patience;
    return Promise.race([build.change, pause(time, PENDING, { ref: false })]);
  };
}

const PENDING: ChangeView = { kind: "pending" };
