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
 * next finds the files there, and only what a change touches is read again. Stores nothing.
 */
export function createDesks(): (flow: FlowContext, project: Project) => Desk {
  const desks = new Map<string, Desk & { readonly since: number }>();
  return (flow, project) => {
    const known = desks.get(project.id);
    const now = Date.now();
    const desk = known !== undefined && now - known.since < KEPT ? known : { ...readDesk(flow, project), since: now };
    desks.delete(project.id); // so that the oldest is the first
    desks.set(project.id, desk);
    for (const old of [...desks.keys()].slice(0, -MOST)) desks.delete(old);
    return desk;
  };
}

function readDesk(flow: FlowContext, project: Project): Desk {
  return { files: filesOf(flow, project), discover: discoverer() };
}

async function filesOf(flow: FlowContext, project: Project): Promise<readonly SourceFile[] | Failure> {
  const tree = await readTree(flow, project);
  return isFailure(tree) ? tree : (await readFiles(tree, project.ignorePaths)).files;
}
