import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spelledText } from "../../../src/lib/syntax/pieces.ts";
import { readShell, readWords } from "../../../src/lib/syntax/shell.ts";

const read = (text: string) => readShell(text, 0, text.length).map(({ words }) => words.map(spelledText));

describe("shell text", () => {
  it.each([
    ["a b; c && d | e", [["a", "b"], ["c"], ["d"], ["e"]]],
    ["a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]],
    ["a \\\n  b", [["a", "b"]]],
    ["a \\\n # comment\n\n  b", [["a", "b"]]],
    ["a # b\nc", [["a"], ["c"]]],
    ["a b#c", [["a", "b#c"]]],
    [`a "$B/\${C}"d`, [["a", `\${B}/\${C}d`]]],
    ["a '$B'", [["a", "$B"]]],
    ['A=$(b "c)" | d) e', [["b", "c)"], ["d"], [`A=\${$(…)}`, "e"]]],
    [
      "a `b c`",
      [
        ["b", "c"],
        ["a", `\${$(…)}`],
      ],
    ],
    ["a <<END b\nnot a command\nEND\nc", [["a", "b"], ["c"]]],
    ["(a; b) > c", [["a"], ["b"], [">", "c"]]],
    ['echo "it\'s $(a)" && b', [["a"], ["echo", `it's \${$(…)}`], ["b"]]],
    ["a 'never closed", [["a", "never closed"]]],
    [`a "$1" \${2:-b} $@`, [["a", `\${1}`, `\${2}`, `\${@}`]]],
    ["A=(b 'c d' # e\n f)\ng", [["A="], ["g"]]],
    [
      "a $(never closed",
      [
        ["never", "closed"],
        ["a", `\${$(…)}`],
      ],
    ],
  ])("%j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("tells what an array holds, and what a here-document gives to a command", () => {
    const text = "A=(b 'c d' # e\n f)\ncat <<END | g\nh\ni\nEND\nj";
    const [array, cat, ...others] = readShell(text, 0, text.length);
    expect(array?.items?.map(spelledText)).toEqual(["b", "c d", "f"]);
    expect(cat?.heredocs?.map(({ start, end }) => text.slice(start, end))).toEqual(["h\ni\n"]);
    expect(others.map(({ words }) => words.map(spelledText))).toEqual([["g"], ["j"]]);
  });

  it("has words without operators in an instruction's arguments", () => {
    const text = 'URL=https://a/?b=1&c=2 D="e f" \\\n  G=h';
    expect(readWords(text, 0, text.length).map(spelledText)).toEqual(["URL=https://a/?b=1&c=2", "D=e f", "G=h"]);
  });

  it("always comes to an end, with words that stand where they say", () => {
    const hostile = fc.string({ unit: fc.constantFrom(..."a \n\t\f\u00a0\\'\"$(){}`;|&<#=") });
    fc.assert(
      fc.property(hostile, (text) => {
        for (const { words } of readShell(text, 0, text.length)) {
          for (const piece of words.flatMap((word) => word.pieces)) {
            if (piece.kind === "literal") expect(text.slice(piece.start, piece.end)).toBe(piece.text);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
