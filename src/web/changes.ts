import { setTimeout as pause } from "node:timers/promises";
import { MINUTE } from "../domain/instant.ts";
import type { CandidateView, ChangeView } from "../domain/pages/candidate-page.ts";
import type { Project } from "../domain/project.ts";
import type { FlowContext } from "../flow/context.ts";
import { createProjectFiles } from "../flow/discover/project-files.ts";
import { showChange } from "../flow/show/show-change.ts";

/** Changes of candidates, for everybody who looks. */
export type Changes = {
  /** The change of a candidate, built once for all who look within a few minutes. `patience`: in milliseconds. */
  readonly show: (flow: FlowContext, view: CandidateView, patience: number) => Promise<ChangeView>;
  /** Reads the files of projects whose candidates may be looked at next, once this page has gone out. Those that were read before are left. */
  readonly readAhead: (flow: FlowContext, projects: readonly string[]) => void;
};

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
  const filesOf = createProjectFiles();
  const builds = new Map<string, Build>();
  const slow = new Set<string>();
  const ahead = new Set<string>();
  const begin = async (flow: FlowContext, { id, project }: CandidateView, since: number): Promise<ChangeView> => {
    const wait = slow.has(project) ? AT_ONCE : 0;
    await pause(wait);
    const change = await showChange(flow, id, filesOf).catch((error: unknown): ChangeView => {
      flow.log.error("A change could not be built for a page", { candidate: id, error });
      return { kind: "refused", why: "It could not be built; the daemon's log says why." };
    });
    if (Date.now() - since - wait > AT_ONCE) slow.add(project);
    else slow.delete(project);
    return change;
  };
  const show: Changes["show"] = async (flow, view, patience) => {
    const key = `${view.id} ${view.updatedAt}`;
    const now = Date.now();
    const known = builds.get(key);
    const build =
      known !== undefined && now - known.since < KEPT ? known : { change: begin(flow, view, now), since: now };
    builds.delete(key); // so that the oldest is the first
    builds.set(key, build);
    for (const old of [...builds.keys()].slice(0, -MOST)) builds.delete(old);
    const time = patience === AT_ONCE && slow.has(view.project) ? 0 : patience;
    return Promise.race([build.change, pause(time, PENDING, { ref: false })]);
  };
  const readAhead: Changes["readAhead"] = (flow, projects) => {
    const wanted = flow.projects.filter(({ id }) => projects.includes(id) && !ahead.has(id)).slice(0, MOST_AHEAD);
    for (const { id } of wanted) ahead.add(id);
    void readInTurn(flow, wanted, filesOf);
  };
  return { show, readAhead };
}

/** As many projects as files are kept of. */
const MOST_AHEAD = 3;

/** One after another, and a failure is for whoever looks at a change to be told. */
async function readInTurn(
  flow: FlowContext,
  projects: readonly Project[],
  filesOf: ReturnType<typeof createProjectFiles>,
): Promise<void> {
  await pause(AT_ONCE);
  for (const project of projects)
    await filesOf(flow, project).files.catch((error: unknown) =>
      flow.log.warn(`The files of ${project.id} could not be read ahead`, { error }),
    );
}

const PENDING: ChangeView = { kind: "pending" };
