/** One file before and after, with git's ids of both contents and its mode. */
export type FileDiff = {
  readonly path: string;
  readonly mode: string;
  readonly before: { readonly text: string; readonly id: string };
  readonly after: { readonly text: string; readonly id: string };
};

/** Lines that differ: `[start, end)` of the old and of the new file, 0-based. */
type Difference = { readonly old: readonly [number, number]; readonly new: readonly [number, number] };

/** Unchanged lines around each difference. */
const CONTEXT = 3;

/**
 * A patch that `git apply` accepts (https://git-scm.com/docs/diff-format#generate_patch_text_with_p). Made for edits
 * within lines, which it shows line by line; where lines were added or removed, it is right but not the smallest. Line
 * ends and a missing last one are kept. Files that do not differ are left out; empty when none differs.
 */
export function unifiedDiff(files: readonly FileDiff[]): string {
  return files
    .filter((file) => file.before.text !== file.after.text)
    .map(fileDiff)
    .join("");
}

/** The lines that the hunks of one file remove. What stands before the first hunk is the diff's own. */
export function removedLinesIn(diff: string): string[] {
  const hunks = diff.slice(Math.max(0, diff.search(/^@@ /m)));
  return hunks.split("\n").flatMap((line) => (line.startsWith("-") ? [line.slice(1).replace(/\r$/, "")] : []));
}

function fileDiff({ path, mode, before, after }: FileDiff): string {
  const [oldLines, newLines] = [linesOf(before.text), linesOf(after.text)];
  const hunks = grouped(differences(oldLines, newLines)).map((group) => hunk(oldLines, newLines, group));
  const [oldName, newName] = [quoted(`a/${path}`), quoted(`b/${path}`)];
  return [
    `diff --git ${oldName} ${newName}\n`,
    `index ${before.id}..${after.id} ${mode}\n`,
    `--- ${named(oldName)}\n`,
    `+++ ${named(newName)}\n`,
    ...hunks,
  ].join("");
}

/** Lines with their ends; the last one may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Line by line where the number of lines is the same; else everything between the first and the last difference. */
function differences(before: readonly string[], after: readonly string[]): Difference[] {
  if (before.length !== after.length) return [middle(before, after)];
  const found: Difference[] = [];
  for (const [index, line] of before.entries()) {
    if (line === after[index]) continue;
    const last = found.at(-1);
    const range = [last?.old[1] === index ? last.old[0] : index, index + 1] as const;
    if (last?.old[1] === index) found.pop();
    found.push({ old: range, new: range });
  }
  return found;
}

function middle(before: readonly string[], after: readonly string[]): Difference {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { old: [head, before.length - tail], new: [head, after.length - tail] };
}

/** Differences whose context would touch stand in one hunk. */
function grouped(found: readonly Difference[]): Difference[][] {
  const groups: Difference[][] = [];
  for (const difference of found) {
    const group = groups.at(-1);
    const end = group?.at(-1)?.old[1];
    if (group !== undefined && end !== undefined && difference.old[0] - end <= 2 * CONTEXT) group.push(difference);
    else groups.push([difference]);
  }
  return groups;
}

function hunk(before: readonly string[], after: readonly string[], group: readonly Difference[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) return "";
  const lead = Math.min(CONTEXT, first.old[0]);
  const trail = Math.min(CONTEXT, before.length - last.old[1]);
  const [oldStart, newStart] = [first.old[0] - lead, first.new[0] - lead];
  const body: string[] = [];
  let at = oldStart;
  for (const difference of group) {
    body.push(...before.slice(at, difference.old[0]).map((line) => ` ${line}`));
    body.push(...before.slice(...difference.old).map((line) => `-${line}`));
    body.push(...after.slice(...difference.new).map((line) => `+${line}`));
    at = difference.old[1];
  }
  body.push(...before.slice(at, at + trail).map((line) => ` ${line}`));
  const oldRange = rangeOf(oldStart, last.old[1] + trail - oldStart);
  const newRange = rangeOf(newStart, last.new[1] + trail - newStart);
  return `@@ -${oldRange} +${newRange} @@\n${body.map(ended).join("")}`;
}

/** 1-based; a range of no lines names the line before it. */
function rangeOf(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

function ended(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`;
}

/** A name with a blank ends at a tab, so that nothing is taken for a date behind it. */
function named(name: string): string {
  return name.includes(" ") && !name.startsWith('"') ? `${name}\t` : name;
}

/** Names with control characters, quotes, backslashes or bytes beyond ASCII are written as C strings, as git does. */
function quoted(name: string): string {
  if (/^[ !#-[\]-~]*$/.test(name)) return name;
  const bytes = [...Buffer.from(name, "utf8")].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, "0")}` : String.fromCharCode(byte);
  });
  return `"${bytes.join("")}"`;
}
