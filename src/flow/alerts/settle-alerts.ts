import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { projectState } from "../../db/projects/projects.ts";
import type { Alert } from "../../domain/bump.ts";
import type { Pin } from "../../domain/pin.ts";
import { contentOf, type Release } from "../../domain/release.ts";
import type { FlowContext } from "../context.ts";
import { isPinnedAt, isWatched } from "../discover/pinned-places.ts";
import { resolveAlert } from "./raise-alert.ts";

/** Classes that say something of one version, and end when no place takes that version any more. */
const OF_VERSIONS: readonly Alert["class"][] = [
  ...(["tag-moved", "asset-replaced", "asset-removed", "checksum-mismatch", "deleted", "yanked"] as const),
];
/** Classes that say something of an upstream, and end when no place takes anything of it. */
const OF_UPSTREAMS: readonly Alert["class"][] = ["mass-move", "quarantined", "renamed", "transferred", "recreated"];

/** Ends the alerts whose content is what it was before the trouble; gives back those that ended. */
export async function settleRestored(
  flow: FlowContext,
  standing: readonly Alert[],
  releases: readonly Release[],
): Promise<Alert[]> {
  const byTag = new Map(releases.map((release) => [release.tag, release]));
  const over = standing.filter((alert) => isRestored(alert, byTag));
  for (const alert of over) await resolveAlert(flow, alert, "What was there before is back.");
  return over;
}

/** Ends the alerts of a project whose pins have moved away from what is wrong. Only what was read of its files counts. */
export async function settleMovedAway(flow: FlowContext, project: string, pins: readonly Pin[]): Promise<void> {
  const read = (await projectState(flow.db, project))?.discoveredAt;
  for (const alert of await standingAlerts(flow.db)) {
    if (alert.project !== project || read === undefined || read < alert.openedAt) continue;
    const watched = pins.filter((pin) => pin.upstream === alert.upstream && isWatched(pin));
    const gone = OF_UPSTREAMS.includes(alert.class)
      ? watched.length === 0
      : OF_VERSIONS.includes(alert.class) && !watched.some((pin) => isPinnedAt(pin, alert.subject));
    if (gone) await resolveAlert(flow, alert, "No place of the project takes it any more.");
  }
}

/** Whether the files are there again, with the digests that they had. */
function hasAgain({ evidence }: Alert, { assets }: Release): boolean {
  return evidence.every(({ kind, expected }) => {
    const file = assets.find(({ name }) => kind === `asset:${name}`);
    return file !== undefined && (expected === undefined || file.digest === expected);
  });
}

/** Whether everything that was expected is there again; what nothing is known of now is not. */
function isRestored(alert: Alert, releases: ReadonlyMap<string, Release>): boolean {
  if (alert.class === "mass-move") {
    return alert.evidence.every(({ kind, expected }) => releases.get(kind.replace(/^tag /, ""))?.commit === expected);
  }
  const release = releases.get(alert.subject);
  if (release === undefined) return false;
  if (alert.class === "yanked" || alert.class === "deleted")
    return release.state !== "yanked" && release.state !== "deleted";
  if (alert.class === "asset-removed") return hasAgain(alert, release);
  if (alert.class !== "tag-moved" && alert.class !== "asset-replaced") return false;
  const content = contentOf(release);
  const parts = alert.evidence.filter(({ kind }) => content[kind] !== undefined);
  return parts.length > 0 && parts.every(({ kind, expected }) => content[kind] === expected);
}
