import type { Proposal } from "../../../src/domain/bump.ts";
import type { SourceFile } from "../../../src/flow/discover/read-pins.ts";
import type { Planned } from "../../../src/flow/plan/planned.ts";

/** Candidates that move together, and their change. */
export type Built = { readonly set: readonly Planned[]; readonly proposal: Proposal };

/** Changes in as few batches as possible, so that no two of a batch change one line. */
export function batchesOf(tree: { readonly files: readonly SourceFile[] }, built: readonly Built[]): Built[][] {
  const texts = new Map(tree.files.map(({ path, text }) => [path, text]));
  const batches: { readonly members: Built[]; readonly lines: Set<string> }[] = [];
  for (const one of built) {
    const lines = one.proposal.changes.flatMap(({ path, text }) =>
      changedLines(texts.get(path) ?? "", text).map((line) => `${path}:${line}`),
    );
    const free = batches.find((batch) => !lines.some((line) => batch.lines.has(line)));
    if (free === undefined) batches.push({ members: [one], lines: new Set(lines) });
    else {
      free.members.push(one);
      for (const line of lines) free.lines.add(line);
    }
  }
  return batches.map(({ members }) => members);
}

/** The tree with all changes of a batch. */
export function withAll(files: readonly SourceFile[], batch: readonly Built[]): SourceFile[] {
  const changes = Map.groupBy(
    batch.flatMap(({ proposal }) => proposal.changes),
    ({ path }) => path,
  );
  return files.map((file) => {
    const lines = file.text.split("\n");
    for (const { text } of changes.get(file.path) ?? []) {
      const now = text.split("\n");
      for (const index of changedLines(file.text, text)) lines[index] = now[index] ?? "";
    }
    return changes.has(file.path) ? { ...file, text: lines.join("\n") } : file;
  });
}

/** Edits add and remove no lines: from 0. */
function changedLines(before: string, after: string): number[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return old.flatMap((line, index) => (line === now[index] ? [] : [index]));
}
