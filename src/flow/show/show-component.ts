import { allVouches } from "../../db/decisions/vouches.ts";
import { alertsAbout } from "../../db/deliveries/alerts.ts";
import { eventsAbout } from "../../db/deliveries/events.ts";
import { candidateLinesOf } from "../../db/pages/candidate-lines.ts";
import { componentRow } from "../../db/projects/components.ts";
import { pinsOfUpstream } from "../../db/projects/pins.ts";
import { projectState } from "../../db/projects/projects.ts";
import { releasesOf } from "../../db/releases/releases.ts";
import { advisoriesAbout } from "../../db/upstreams/advisories.ts";
import type { ComponentDetail, PinnedPlace } from "../../domain/pages/component-page.ts";
import { type Pin, toComponents } from "../../domain/pin.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { linkPlaces } from "../deliver/forge-links.ts";
import { explainUpstream } from "../trust/explain-upstream.ts";
import { tellHistory } from "./tell-history.ts";
import { timelineOf } from "./timeline-of.ts";

const HISTORY = 50;
const CANDIDATES = 10;

/** Reads everything about one component; a failure says that the project takes nothing of that key. */
export async function showComponent(
  flow: FlowContext,
  { project, key }: { readonly project: string; readonly key: string },
): Promise<ComponentDetail | Failure> {
  const row = await componentRow(flow.db, project, key);
  if (row === undefined)
    return new Failure("not-found", `${project} takes nothing that is called so, or not any more.`);
  const { upstream } = row;
  const explained = await explainUpstream(flow, { upstream });
  if (isFailure(explained)) return explained;
  const { db } = flow;
  const candidates = await candidateLinesOf(db, { project, upstream }, CANDIDATES);
  const alerts = (await alertsAbout(db, upstream)).filter((alert) => alert.project === project);
  const pins = toComponents(project, await pinsOfUpstream(db, project, upstream)).find((one) => one.key === key)?.pins;
  const known = { releases: await releasesOf(db, upstream), advisories: await advisoriesAbout(db, upstream), alerts };
  const leading = candidates.find((one) => one.id === row.candidate);
  const { score, weights, unknown, lastPolledAt } = explained;
  return {
    row,
    timeline: timelineOf(row, { ...known, template: pins?.[0]?.tagTemplate, until: leading?.until }, flow.clock()),
    ...{ score, weights, unknown, candidates, alerts },
    ...(lastPolledAt !== undefined && { lastPolledAt }),
    places: placesOf(flow, project, (await projectState(db, project))?.commit, pins ?? []),
    vouches: [...(await allVouches(db)), ...flow.vouches].filter((vouch) => vouch.upstream === upstream),
    history: tellHistory(await eventsAbout(db, { upstream, project }, HISTORY)),
  };
}

function placesOf(flow: FlowContext, project: string, commit: string | undefined, pins: readonly Pin[]): PinnedPlace[] {
  const links = linkPlaces(flow, project, commit, pins);
  return pins.map(({ path, line, name, text, precision, digest, lockedBy }, index) => ({
    ...{ path, line, name, text, precision },
    ...links[index],
    ...(digest !== undefined && { digest }),
    ...(lockedBy !== undefined && { lockedBy }),
  }));
}
