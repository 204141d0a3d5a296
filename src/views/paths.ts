/** Where a candidate is shown. */
export function candidatePath(id: string): string {
  return `/candidates/${encodeURIComponent(id)}`;
}

/** The list of components, searched for an upstream. */
export function componentsPath(label: string): string {
  return `/components?q=${encodeURIComponent(label)}`;
}
