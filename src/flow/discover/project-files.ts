import { setImmediate as letOthersRun } from "node:timers/promises";
import { discoverer } from "../../discover/discover.ts";
import { MINUTE } from "../../domain/instant.ts";
import type { Project } from "../../domain/project.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { discoverProject, readTree } from "./discover-project.ts";
import { readFiles, type SourceFile } from "./read-pins.ts";

/** What a change is built on: the project's files as they are, and a `discover` that may remember what each of them said. */
export type ProjectFiles = {
  readonly files: Promise<readonly SourceFile[] | Failure>;
  readonly discover: ReturnType<typeof discoverer>;
};

/** Reads the files now, and stores what they pin. */
export function freshProjectFiles(flow: FlowContext, project: Project): ProjectFiles {
  const files = discoverProject(flow, project).then((found) => (isFailure(found) ? found : found.files));
  return { files, discover: discoverer() };
}

const KEPT = 2 * MINUTE;
const MOST = 3;

/**
 * Files of the projects that somebody looks at, read at most every two minutes: whoever goes from one candidate to the
 * next finds the files there, and only what differs is understood again. Stores nothing, and holds up nobody for long.
 */
export function createProjectFiles(): (flow: FlowContext, project: Project) => ProjectFiles {
  const kept = new Map<string, ProjectFiles & { readonly since: number }>();
  return (flow, project) => {
    const known = kept.get(project.id);
    const now = Date.now();
    const isFresh = known !== undefined && now - known.since < KEPT;
    const read = isFresh ? known : { ...readProjectFiles(flow, project, known?.discover ?? discoverer()), since: now };
    kept.delete(project.id); // so that the oldest is the first
    kept.set(project.id, read);
    for (const old of [...kept.keys()].slice(0, -MOST)) kept.delete(old);
    return read;
  };
}

function readProjectFiles(flow: FlowContext, project: Project, discover: ProjectFiles["discover"]): ProjectFiles {
  return { files: filesOf(flow, project, discover), discover };
}

async function filesOf(
  flow: FlowContext,
  project: Project,
  discover: ProjectFiles["discover"],
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
async function understand(files: readonly SourceFile[], discover: ProjectFiles["discover"]): Promise<void> {
  for (let start = 0; start < files.length; start += AT_ONCE) {
    discover(files.slice(start, start + AT_ONCE));
    await letOthersRun();
  }
  discover(files);
}
