import { lineAt } from "../../lib/syntax/line-index.ts";
import type { ReadTree } from "../resolve/read-tree.ts";
import type { Traced } from "./draft.ts";

/** Drafts of one place and upstream, in the order they were found. What is left open twice in a line is one place. */
export function groupDrafts(tree: ReadTree, traced: readonly Traced[]): Traced[][] {
  const groups = new Map<string, Traced[]>();
  for (const one of traced) {
    const { path, start, upstream, precision, edits } = one.draft;
    const open = precision === "floating" && edits.length === 0;
    const place = open ? `line ${lineOf(tree, { path, start })}` : start;
    const key = `${path}\n${place}\n${withoutHost(upstream)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** Places that give one upstream several versions through one list. */
export function alternativesOf(groups: readonly Traced[][]): ReadonlySet<Traced[]> {
  const lists = new Map<string, Traced[][]>();
  for (const group of groups) {
    const [first] = group;
    if (first?.oneOf === undefined) continue;
    const key = `${first.oneOf}\n${first.draft.upstream}`;
    lists.set(key, [...(lists.get(key) ?? []), group]);
  }
  const differs = (list: readonly Traced[][]) => new Set(list.map(([first]) => first?.draft.text)).size > 1;
  return new Set([...lists.values()].filter(differs).flat());
}

/** A download that several hosts have, or that has a file for each system, is one thing: `curl … || curl …`. */
function withoutHost(upstream: string): string {
  return upstream.startsWith("pkg:generic/") ? (upstream.split(/[?_]/)[0] ?? upstream) : upstream;
}

/** The line of an edit in its file, from 1. */
export function lineOf(tree: ReadTree, edit: { path: string; start: number }): number {
  const file = tree.files.get(edit.path);
  return file === undefined ? 1 : lineAt(file.starts, edit.start);
}
