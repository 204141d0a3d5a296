import type { Arguments } from "./handles.ts";

/** A page of a list as GraphQL connections show it; cursors are positions. */
export function connection<Item, Node>(
  items: readonly Item[],
  given: Arguments,
  show: (item: Item) => Node,
): {
  readonly totalCount: number;
  readonly nodes: Node[];
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
} {
  let start = given.after === undefined || given.after === null ? 0 : positionOf(given.after) + 1;
  let end = given.before === undefined || given.before === null ? items.length : positionOf(given.before);
  if (typeof given.first === "number") end = Math.min(end, start + given.first);
  else if (typeof given.last === "number") start = Math.max(start, end - given.last);
  else end = start; // only a count was asked for
  const edges = items.slice(start, end).map((item, index) => ({ cursor: cursorAt(start + index), node: show(item) }));
  return {
    totalCount: items.length,
    nodes: edges.map(({ node }) => node),
    edges,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Sorted copy; equal keys keep their order, reversed for DESC. */
export function sorted<Item>(
  items: readonly Item[],
  key: (item: Item) => string | number,
  direction: "ASC" | "DESC",
): Item[] {
  const ascending = [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  return direction === "ASC" ? ascending : ascending.reverse();
}

function cursorAt(position: number): string {
  return Buffer.from(`cursor:v2:${position}`).toString("base64url");
}

function positionOf(cursor: string): number {
  const position = Number(Buffer.from(cursor, "base64url").toString().replace("cursor:v2:", ""));
  return Number.isInteger(position) ? position : -1;
}
