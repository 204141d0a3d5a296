import { setImmediate as letOthersRun } from "node:timers/promises";
import { discoverer } from "../../discover/discover.ts";
import { MINUTE } from "../../domain/instant.ts";
import type { Project } from "../../domain/project.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { discoverProject, readTree } from "./discover-project.ts";
import { readFiles, type SourceFile } from "./read-pins.ts";

/** What a change is built on: the project's files as they are, and a `discover` that may remember what each of them said. */
export type Desk = {
  readonly files: Promise<readonly SourceFile[] | Failure>;
  readonly discover: ReturnType<typeof discoverer>;
};

/** Reads the files now, and stores what they pin. */
export function freshDesk(flow: FlowContext, project: Project): Desk {
  const files = discoverProject(flow, project).then((found) => (isFailure(found) ? found : found.files));
  return { files, discover: discoverer() };
}

const KEPT = 2 * MINUTE;
const MOST = 3;

/**
 * Desks of the projects that somebody looks at, read at most every two minutes: whoever goes from one candidate to the
 * next finds the files there, and only what differs is understood again. Stores nothing, and holds up nobody for long.
 */
export function createDesks(): (flow: FlowContext, project: Project) => Desk {
  const desks = new Map<string, Desk & { readonly since: number }>();
  return (flow, project) => {
    const known = desks.get(project.id);
    const now = Date.now();
    const isFresh = known !== undefined && now - known.since < KEPT;
    const desk = isFresh ? known : { ...readDesk(flow, project, known?.discover ?? discoverer()), since: now };
    desks.delete(project.id); // so that the oldest is the first
    desks.set(project.id, desk);
    for (const old of [...desks.keys()].slice(0, -MOST)) desks.delete(old);
    return desk;
  };
}

function readDesk(flow: FlowContext, project: Project, discover: Desk["discover"]): Desk {
  return { files: filesOf(flow, project, discover), discover };
}

async function filesOf(
  flow: FlowContext,
  project: Project,
  discover: Desk["discover"],
): Promise<readonly SourceFile[] | Failure> {
  const tree = await readTree(flow, project);
  if (isFailure(tree)) return tree;
  const { files } = await readFiles(tree, project.ignorePaths);
  await understand(files, discover);
  return files;
}

/** Files whose texts are read without a pause. */
const AT_ONCE = 10;

/** Lets `discover` learn every file, a few at a time: a thousand in one go would keep every other page waiting. */
async function understand(files: readonly SourceFile[], discover: Desk["discover"]): Promise<void> {
  for (let start = 0; start < files.length; start += AT_ONCE) {
    discover(files.slice(start, start + AT_ONCE));
    await letOthersRun();
  }
  discover(files);
}
