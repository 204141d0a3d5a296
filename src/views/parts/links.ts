import type { ComponentRow } from "../../domain/component-list.ts";

/** The page of a component. */
export function componentPath({ project, key }: Pick<ComponentRow, "project" | "key">): string {
  return `/component?${new URLSearchParams({ project, key }).toString()}`;
}

/** The page of a candidate. */
export function candidatePath(id: string): string {
  return `/candidates/${encodeURIComponent(id)}`;
}
