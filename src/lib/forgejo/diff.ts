import { removedLinesIn } from "../unified-diff.ts";

/**
 * Lines that a diff in git's form removes, by the path before (https://git-scm.com/docs/diff-format). Every line of a
 * file's content begins with a space, a sign or a backslash: what begins with anything else is the diff's own.
 */
export function removedLinesOf(diff: string): Map<string, string[]> {
  const files = diff.split(/^diff --git /m).flatMap((section): [string, string[]][] => {
    const hunks = section.search(/^@@ /m);
    const header = hunks < 0 ? section : section.slice(0, hunks);
    const path = pathBefore(/^--- (.*)$/m.exec(header)?.[1] ?? "");
    return path === undefined ? [] : [[path, hunks < 0 ? [] : removedLinesIn(section)]];
  });
  return new Map(files);
}

/** `a/path`, or in quotes where the name has special characters; nothing for a file that was not there. */
function pathBefore(written: string): string | undefined {
  const name = written.replace(/\t.*$/, "");
  const plain = name.startsWith('"') ? unquoted(name) : name;
  return plain.startsWith("a/") ? plain.slice(2) : undefined;
}

function unquoted(name: string): string {
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\])/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...Buffer.from(plain ?? ESCAPES[escaped ?? ""] ?? escaped ?? ""));
  }
  return Buffer.from(bytes).toString();
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
