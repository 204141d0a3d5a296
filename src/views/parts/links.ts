import type { ComponentRow } from "../../domain/pages/component-list.ts";

/** The page of a component. */
export function componentPath({ project, key }: Pick<ComponentRow, "project" | "key">): string {
  return `/component?${new URLSearchParams({ project, key }).toString()}`;
}

/** The list of components, searched for a name. */
export function componentsPath(text: string): string {
  return `/components?${new URLSearchParams({ q: text }).toString()}`;
}

/** The page of a candidate. */
export function candidatePath(id: string): string {
  return `/candidates/${encodeURIComponent(id)}`;
}
