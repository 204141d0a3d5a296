import type { Place } from "../domain/pin.ts";
import type { PlaceLink } from "../domain/place-link.ts";
import type { FlowContext } from "./context.ts";

/** Places with their pages at the forge: of a project on GitHub, at the commit that was read last. */
export function linkPlaces(
  { projects, urls }: FlowContext,
  project: string,
  commit: string | undefined,
  places: readonly Place[],
): PlaceLink[] {
  const source = projects.find((one) => one.id === project)?.source;
  if (source?.kind !== "github" || commit === undefined) return places.map(({ path, line }) => ({ path, line }));
  const root = `${urls.github.web}/${encodeURIComponent(source.owner)}/${encodeURIComponent(source.name)}/blob/${commit}`;
  return places.map(({ path, line }) => {
    const file = path.split("/").map(encodeURIComponent).join("/");
    return { path, line, url: `${root}/${file}#L${line}` };
  });
}
