/** Where a page is, with what its question says. */
export type Address = { readonly path: string; readonly query: Readonly<Record<string, string>> };

/** The address with other answers to some of its questions; an empty one is left out. */
export function linkTo({ path, query }: Address, changes: Readonly<Record<string, string | number>> = {}): string {
  const all = Object.entries({ ...query, ...changes }).filter(([, value]) => value !== "");
  const text = new URLSearchParams(all.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}
