import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeHeapSnapshot } from "node:v8";

/** How many objects of one kind there are, and the bytes that they hold themselves. */
type Tally = { readonly count: number; readonly bytes: number };

/** A kind of object, by V8's node type and its constructor or name. */
export type Kinds = ReadonlyMap<string, Tally>;

/** A kind, and what came to it between two snapshots. */
type Growth = Tally & { readonly kind: string };

/** The parts of a heap snapshot that are read here; V8 writes rows of numbers one after another. */
type Snapshot = {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[]; readonly node_types: [string[]] } };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
};

/**
 * What stands in the heap now, by kind, without what V8 makes of the program itself: bytecode, machine code, feedback and the shapes
 * of objects come as functions run for the first time or often enough to be compiled, hours after the start, and are no
 * memory of what was worked on. Takes some seconds, and the memory of the snapshot while it lasts.
 */
export function heapKinds(directory: string): Kinds {
  const file = writeHeapSnapshot(join(directory, `headgate-${process.pid}.heapsnapshot`));
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(file, "utf8")) as Snapshot;
  rmSync(file);
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ["type", "name", "self_size"].map((field) => fields.indexOf(field)) as [
    number,
    number,
    number,
  ];
  const kinds = new Map<string, { count: number; bytes: number }>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kindOfNode = types[0][nodes[at + type] ?? 0] ?? "";
    if (OF_THE_PROGRAM.has(kindOfNode)) continue;
    const kind = NAMED.has(kindOfNode)
      ? `${kindOfNode} ${(strings[nodes[at + name] ?? 0] ?? "").slice(0, 60)}`
      : kindOfNode;
    const known = kinds.get(kind) ?? { count: 0, bytes: 0 };
    kinds.set(kind, known);
    known.count++;
    known.bytes += nodes[at + size] ?? 0;
  }
  return withoutRare(kinds);
}

/** Most kinds are one of a kind: together they would be what grows from one snapshot to the next. */
function withoutRare(kinds: Kinds): Kinds {
  const rare = { count: 0, bytes: 0 };
  const often = new Map<string, Tally>([["rare kinds", rare]]);
  for (const [kind, tally] of kinds) {
    if (tally.count >= 100) often.set(kind, tally);
    else Object.assign(rare, { count: rare.count + tally.count, bytes: rare.bytes + tally.bytes });
  }
  return often;
}

/** The names of others are their content: a string's text, a number's value. */
const NAMED: ReadonlySet<string> = new Set(["object", "closure", "native"]);
const OF_THE_PROGRAM: ReadonlySet<string> = new Set(["code", "hidden", "object shape", "synthetic"]);

export function bytesOf(kinds: Kinds): number {
  return [...kinds.values()].reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The kinds that grew most in bytes from one snapshot to a later one. */
export function growthOf(before: Kinds, after: Kinds, most: number): Growth[] {
  return [...after]
    .map(([kind, { count, bytes }]) => {
      const was = before.get(kind) ?? { count: 0, bytes: 0 };
      return { kind, count: count - was.count, bytes: bytes - was.bytes };
    })
    .filter(({ bytes }) => bytes > 0)
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, most);
}
