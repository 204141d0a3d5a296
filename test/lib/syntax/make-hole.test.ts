import { describe, expect, it } from "vitest";
import { readMakeValue } from "../../../src/lib/syntax/make-hole.ts";
import { spelledText } from "../../../src/lib/syntax/pieces.ts";
import { readShell } from "../../../src/lib/syntax/shell.ts";

describe("a value of a Makefile", () => {
  it.each([
    ["$(A)-b", ["<A>", "-b"]],
    [`v\${A}`, ["v", "<A>"]],
    ["$@ $<", ["<@>", " ", "<<>"]],
    ["$$A", ["$$A"]],
    ["$(subst a,b,$(C))d", ["<$(subst a,b,$(C))>", "d"]],
    ["$(never closed", ["<$(never closed>"]],
    ["cost: 5$", ["cost: 5$"]],
  ])("%s", (text, expected) => {
    const { pieces } = readMakeValue(text, 0, text.length);
    expect(pieces.map((piece) => (piece.kind === "literal" ? piece.text : `<${piece.name}>`))).toEqual(expected);
  });
});

describe("a recipe", () => {
  it.each([
    ["a $(B) $$C $${D}", [["a", `\${B}`, `\${C}`, `\${D}`]]],
    [
      "a $$(b c)",
      [
        ["b", "c"],
        ["a", `\${$(…)}`],
      ],
    ],
    [
      "a $(shell b c)",
      [
        ["b", "c"],
        ["a", `\${$(shell b c)}`],
      ],
    ],
  ])("%s", (text, expected) => {
    const commands = readShell(text, 0, text.length, { operators: true, escape: "\\", make: true });
    expect(commands.map(({ words }) => words.map(spelledText))).toEqual(expected);
  });
});
