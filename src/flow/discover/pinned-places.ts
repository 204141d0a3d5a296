import { pinsOf, projectsPinning } from "../../db/projects/pins.ts";
import { isFloating, type Pin } from "../../domain/pin.ts";
import { tagOfVersion } from "../../domain/release.ts";
import type { FlowContext } from "../context.ts";

/** A project with its pins of one upstream. */
export type PinnedPlaces = { readonly project: string; readonly pins: readonly Pin[] };

/**
 * Every project that takes something of an upstream, with its places: those that name what they take, or all of them.
 * What floating places and branches take moves as it pleases, but whose it is matters there as well.
 */
export async function placesPinning(flow: FlowContext, purl: string, which: "named" | "all"): Promise<PinnedPlaces[]> {
  const found: PinnedPlaces[] = [];
  for (const project of await projectsPinning(flow.db, [purl])) {
    const pins = (await pinsOf(flow.db, project)).filter(
      (pin) => pin.upstream === purl && isWatched(pin) && (which === "all" || !isFloating(pin)),
    );
    if (pins.length > 0) found.push({ project, pins });
  }
  return found;
}

/** Whether a pin takes exactly that tag: ranges and branches take whatever is there. */
export function isPinnedAt(pin: Pin, tag: string): boolean {
  return pin.precision === "exact" && (tagOfVersion(pin.version, pin.tagTemplate) === tag || pin.text === tag);
}

/** Whether a place is looked after. */
export function isWatched(pin: Pin): boolean {
  return pin.own !== true && pin.word?.kind !== "ignore";
}
