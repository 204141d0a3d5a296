import { describe, expect, it } from "vitest";
import { readPlainValue } from "../../../src/lib/syntax/holes.ts";
import { sliceValue, spelledText, visibleText } from "../../../src/lib/syntax/pieces.ts";

const read = (text: string) => readPlainValue(text, 0, text.length);

describe("a value with holes", () => {
  it.each([
    ["plain", ["plain"]],
    ["$A-b", ["<A>", "-b"]],
    [`v\${A}`, ["v", "<A>"]],
    [`\${A:-1.2}`, ["<A>"]],
    [`\${A#v}`, [`<\${A#v}>`]],
    ["$$A \\$B", ["$$A \\$B"]],
    [`\${{ env.A }}`, ["<A>"]],
    [`\${{ matrix.a }}`, ["<matrix.a>"]],
    [`\${{ inputs.a || '1.2' }}`, ["<inputs.a>"]],
    [`\${{ secrets.A }}`, [`<\${{ secrets.A }}>`]],
    [`\${never closed`, [`\${never closed`]],
    ["cost: 5$", ["cost: 5$"]],
  ])("%s", (text, expected) => {
    const pieces = read(text).pieces.map((piece) => (piece.kind === "literal" ? piece.text : `<${piece.name}>`));
    expect(pieces).toEqual(expected);
  });

  it.each([
    [`\${A:=1.2}`, "1.2"],
    [`\${1:-1.2}`, "1.2"],
    [`\${A:?is not set}`, ""],
  ])("knows what %s falls back to", (text, expected) => {
    const [hole] = read(text).pieces;
    expect(hole?.kind === "hole" && hole.fallback !== undefined ? spelledText(hole.fallback) : "").toBe(expected);
  });

  it.each([
    [`\${A#v}`, { name: "A", prefix: "v", suffix: "" }],
    [`\${A%%.git}`, { name: "A", prefix: "", suffix: ".git" }],
    [`\${A%.*}`, undefined],
  ])("knows what %s takes off", (text, expected) => {
    const [hole] = read(text).pieces;
    expect(hole?.kind === "hole" ? hole.cut : "").toEqual(expected);
  });

  it("keeps the fallback, with its own holes", () => {
    const [hole] = read(`\${A:-v\${B-1}}`).pieces;
    expect(hole?.kind === "hole" && hole.fallback !== undefined ? spelledText(hole.fallback) : "").toBe(`v\${B}`);
  });

  it.each([`\${A:-"1.2"}`, `\${A:-'1.2'}`])("takes the fallback of %s out of its quotes", (text) => {
    const [hole] = read(text).pieces;
    expect(hole?.kind === "hole" && hole.fallback !== undefined ? spelledText(hole.fallback) : "").toBe("1.2");
  });

  it("can be cut, and the parts still know where they stand", () => {
    const value = sliceValue(read(`ab\${C}de`), 1, 4);
    expect([visibleText(value).length, spelledText(value), value.start, value.end]).toEqual([3, `b\${C}d`, 1, 7]);
  });
});
