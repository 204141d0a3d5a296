/** Where a crate stands in a sparse index: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcde`: names are not compared by case, paths are lower-case. */
export function cratePath(name: string): string {
  const lower = name.toLowerCase();
  const folder =
    lower.length < 3
      ? [`${lower.length}`]
      : lower.length === 3
        ? ["3", lower.slice(0, 1)]
        : [lower.slice(0, 2), lower.slice(2, 4)];
  return [...folder, lower].map(encodeURIComponent).join("/");
}
