import { replacePins } from "../../db/projects/pins.ts";
import { ensureProjects, projectState, recordProjectFailure } from "../../db/projects/projects.ts";
import { hastenDuty } from "../../db/service/duties.ts";
import { setMeta } from "../../db/service/meta.ts";
import { ensureUpstreams } from "../../db/upstreams/upstreams.ts";
import { toComponents } from "../../domain/pin.ts";
import type { Project } from "../../domain/project.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { Tree } from "../../lib/tree.ts";
import { readLocalTree } from "../../lib/trees/local.ts";
import { sourceOf } from "../../poll/poll.ts";
import type { FlowContext } from "../context.ts";
import { type ReadPins, readFindings, readPins } from "./read-pins.ts";

/** What a project pins now. `files` are the texts that the rewriter will start from. */
export type DiscoveredProject = ReadPins & { readonly commit: string | undefined };

/** What asks about everything that is watched, once an hour. What was found just now should not wait for that. */
const ASKING = ["advisories", "scores"] as const;

/** Reads a project's files as they are now, finds its pins, and stores them. When the files cannot be had, what was known stays. */
export async function discoverProject(flow: FlowContext, project: Project): Promise<DiscoveredProject | Failure> {
  const now = flow.clock();
  await ensureProjects(flow.db, [project], now);
  const before = await projectState(flow.db, project.id);
  const tree = await readTree(flow, project);
  if (isFailure(tree)) {
    await recordProjectFailure(flow.db, project.id, tree, now);
    // an hour later it says the same, for as long as it lasts: the digest and the page of problems do, too
    if (before?.failure?.code !== tree.code) flow.log.warn(`${project.id}: ${tree.message}`, { code: tree.code });
    return tree;
  }
  const found = await readPins(tree, project.ignorePaths);
  await flow.hold?.confirm(); // what was read may be older than what somebody else has stored since
  await replacePins(flow.db, project.id, { commit: tree.commit, pins: found.pins, problems: found.problems }, now);
  await setMeta(flow.db, `unused/${project.id}`, unusedFiles(found));
  const added = await ensureUpstreams(flow.db, toComponents(project.id, found.pins).map(watchedAs), now);
  if (added > 0) for (const duty of ASKING) await hastenDuty(flow.db, duty, now);
  const isNews = before?.discoveredAt === undefined || before.commit !== tree.commit || before.failure !== undefined;
  if (isNews) flow.log.info(`${project.id}: ${found.pins.length} pins found`, { commit: tree.commit });
  return { ...found, commit: tree.commit };
}

/** Reads the files of a project as they are now; a failure says what stands in the way. */
export async function readTree(flow: FlowContext, project: Project): Promise<Tree | Failure> {
  if (project.source.kind === "path") return readLocalTree(project.source.path);
  const { kind, owner, name } = project.source;
  const { forge, noCredential } = flow.forges[kind];
  if (forge !== undefined) return forge.readTree({ owner, name }, project.branch);
  return new Failure("not-checked", `${owner}/${name}: ${noCredential}; or watch a checkout with path.`);
}

function unusedFiles(found: ReadPins): string[] {
  const unused = readFindings(found).filter(({ kind }) => kind === "unused");
  return unused.flatMap(({ places }) => places.map(({ path }) => path));
}

function watchedAs({ upstream }: { readonly upstream: string }) {
  const source = sourceOf(upstream);
  return { purl: upstream, source: isFailure(source) ? undefined : source.id };
}
