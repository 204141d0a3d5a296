import { basename, resolve } from "node:path";
import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { pinsOf, watchedUpstreams } from "../../db/projects/pins.ts";
import { letGoOf, projectState } from "../../db/projects/projects.ts";
import { upstreamStates } from "../../db/upstreams/upstreams.ts";
import { OPEN_STATES } from "../../domain/candidate-state.ts";
import type { Project } from "../../domain/project.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { planAndRemember } from "../deliver/deliver-project.ts";
import { discoverProject } from "../discover/discover-project.ts";
import { entriesOf, uncheckedOf } from "../letters/digest-material.ts";
import { lookAtPinned } from "../poll/look-at-pinned.ts";
import { pollUpstreams } from "../poll/poll-upstreams.ts";
import { wakePublished } from "../poll/wake-published.ts";
import { watchFreshness } from "../poll/watch-freshness.ts";
import { watchSupport } from "../poll/watch-support.ts";
import { type PlanReport, toPlanReport } from "./plan-report.ts";

/** A plan also says what is skipped: a digest need not repeat that. */
const SHOWN = [...OPEN_STATES, "skipped"] as const;

/**
 * Discovers, polls what is due, and plans: every project of the configuration, or the checkout at `path`, which is not
 * watched for that. Delivers nothing.
 */
export async function planAll(
  flow: FlowContext,
  input: { path?: string | undefined },
): Promise<PlanReport[] | Failure> {
  if (input.path !== undefined) return planCheckout(flow, projectAt(input.path, flow.projects));
  const reports: PlanReport[] = [];
  for (const project of flow.projects) {
    await discoverProject(flow, project);
    reports.push(await planOne(flow, project));
  }
  return reports;
}

/** What nobody watched before is let go of afterwards: else its upstreams would be asked for, and missed, for ever. */
async function planCheckout(flow: FlowContext, project: Project): Promise<PlanReport[] | Failure> {
  const isWatched = (await projectState(flow.db, project.id))?.dueAt !== undefined;
  try {
    const discovered = await discoverProject(flow, project);
    if (isFailure(discovered)) return new Failure("misconfigured", discovered.message);
    return [await planOne(flow, project)];
  } finally {
    if (!isWatched) await letGoOf(flow.db, project.id);
  }
}

async function planOne(flow: FlowContext, project: Project): Promise<PlanReport> {
  const now = flow.clock();
  const purls = (await pinsOf(flow.db, project.id)).map((pin) => pin.upstream);
  const watched = await watchedUpstreams(flow.db, purls);
  await wakePublished(flow);
  const states = new Map(
    (
      await upstreamStates(
        flow.db,
        watched.map((one) => one.purl),
      )
    ).map((state) => [state.purl, state]),
  );
  await pollUpstreams(
    flow,
    watched.filter(({ purl }) => (states.get(purl)?.dueAt ?? now) <= now),
  );
  await lookAtPinned(flow, watched);
  await watchFreshness(flow);
  const plan = await planAndRemember(flow, project);
  const support = await watchSupport(flow, plan.components);
  const unchecked = [...(await uncheckedOf(flow, [project.id], plan.components)), ...support.unchecked];
  const alerts = (await standingAlerts(flow.db)).filter((alert) => alert.project === project.id);
  return toPlanReport(project.id, plan.components, await entriesOf(flow, project.id, SHOWN), {
    unchecked,
    alerts,
    ending: support.ending,
  });
}

/** The watched project of that folder, or one made up for it: called by its path, as no project that is watched can be. */
function projectAt(path: string, projects: readonly Project[]): Project {
  const folder = resolve(path);
  const known = projects.find((project) => project.source.kind === "path" && project.source.path === folder);
  return known ?? { id: folder, name: basename(folder), source: { kind: "path", path: folder }, ignorePaths: [] };
}
