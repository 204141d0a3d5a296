import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { globMatcher } from "../../src/lib/syntax/glob.ts";
import { evilStrings } from "../support/evil-strings.ts";
import { timed } from "../support/processor-time.ts";

const root = join(import.meta.dirname, "../../src");
type Pattern = { readonly file: string; readonly pattern: string; readonly flags: string };

/** Every regular expression that is written in the program. */
function patterns(): Pattern[] {
  const found = new Map<string, Pattern>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const path = join(entry.parentPath, entry.name);
    const file = relative(root, path);
    const { program } = parseSync(path, readFileSync(path, "utf8"));
    new Visitor({
      Literal: (node) => {
        if (!("regex" in node)) return;
        const { pattern, flags } = node.regex;
        found.set(`${file} /${pattern}/${flags}`, { file, pattern, flags });
      },
    }).visit(program);
  }
  return [...found.values()];
}

/**
 * Those that take the square of their text's length, and why that does no harm: the text is short whoever wrote it. A path is cut at
 * 1,024 characters before any format sees it.
 */
const SHORT: Readonly<Record<string, string>> = {
  'lib/syntax/exec-form.ts /"': "a list that was read as JSON before",
  "discover/formats/package-json.ts /((?:@": "the last 400 characters of a name",
  "lib/secrets/logins.ts": "files of the person who runs Headgate",
  "views/charts/symbols.ts": "what a chart library drew",
  "views/parts/paging.ts": "a number of ours",
  "discover/formats/html.ts /(?:^|\\n)\\s*(?:\\/\\/|\\*)[^\\n]*$/": "the 300 characters before a place",
};

/** Asked about paths alone. */
const OF_PATHS =
  /^(?:discover\/(?:formats\/[\w-]+|findings|locks|readers\/shell\/read-redirect)\.ts) \/.*(?:ya\?ml|\\\.(?:hcl|\(\?:txt\|in\)|ya\?ml)|file).*\$\/i?$/;

/** Milliseconds of processor time for the evil strings of a pattern that take longest. */
function slowest({ pattern, flags }: Pattern, length: number): { readonly ms: number; readonly text: string } {
  let worst = { ms: 0, text: "" };
  for (const text of evilStrings(pattern, flags, length)) {
    const ms = timeOf(pattern, flags, text);
    if (ms > worst.ms) worst = { ms, text };
  }
  return worst;
}

function timeOf(pattern: string, flags: string, text: string): number {
  const expression = new RegExp(pattern, flags);
  const before = process.threadCpuUsage(); // what others do on this machine does not count
  if (expression.global || expression.sticky) text.replace(expression, "");
  else expression.test(text);
  return process.threadCpuUsage(before).user / 1_000;
}

describe("every regular expression of the program", () => {
  const all = patterns();

  it("is found", () => {
    expect(all.length).toBeGreaterThan(800);
  });

  it("takes time in proportion to its text, whatever that is", () => {
    const slow = all.flatMap((one) => {
      const first = slowest(one, 1_500);
      if (first.ms < 3) return [];
      const { text } = slowest(one, 1_500); // a busy machine is slow once, a pattern is slow each time
      const stretched = evilStrings(one.pattern, one.flags, 30_000).find((long) =>
        long.startsWith(text.slice(0, 1_200)),
      );
      const ms = stretched === undefined ? 0 : timeOf(one.pattern, one.flags, stretched);
      return ms < 150 ? [] : [`${one.file} /${one.pattern}/${one.flags}`];
    });
    const harmless = (one: string) => OF_PATHS.test(one) || Object.keys(SHORT).some((known) => one.startsWith(known));
    expect(slow.filter((one) => !harmless(one))).toEqual([]);
  });
});

describe("patterns that people write into a configuration", () => {
  it("are globs, and run on an engine that is linear in the text", () => {
    const match = globMatcher(`${"*a".repeat(30)}*b`);
    const { result, seconds } = timed(() => match("a".repeat(20_000)), 5);
    expect(result).toBe(false);
    expect(seconds).toBeLessThan(5);
  });
});
