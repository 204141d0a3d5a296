import type { PlaceLink } from "../../domain/pages/place-link.ts";
import type { Place } from "../../domain/pin.ts";
import type { FlowContext } from "../context.ts";

/** Places with their pages at the forge of a project that has one, at the commit that was read last. */
export function linkPlaces(
  { projects, forges }: FlowContext,
  project: string,
  commit: string | undefined,
  places: readonly Place[],
): PlaceLink[] {
  const source = projects.find((one) => one.id === project)?.source;
  if (source === undefined || source.kind === "path" || commit === undefined)
    return places.map(({ path, line }) => ({ path, line }));
  const { web, pageOf } = forges[source.kind];
  return places.map(({ path, line }) => ({ path, line, url: pageOf(web, source, { path, line, commit }) }));
}
