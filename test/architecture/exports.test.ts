import { describe, expect, it } from "vitest";
import { SOURCE_FILES, textOf } from "../support/source-graph.ts";

const DECLARED = /^export (?:async )?(?:function\*?|const|type|class) (\w+)/;

/** The exported declarations of a module, by name: whether a doc comment ends right above them. */
function declared(path: string): { readonly name: string; readonly documented: boolean }[] {
  const lines = textOf(path).text.split("\n");
  return lines.flatMap((line, at) => {
    const name = DECLARED.exec(line)?.[1];
    return name === undefined ? [] : [{ name: `${path} ${name}`, documented: lines[at - 1]?.endsWith("*/") === true }];
  });
}

describe("what a module exports", () => {
  it("has a doc comment", () => {
    const all = SOURCE_FILES.flatMap(declared);
    expect(all.length).toBeGreaterThan(1_500);
    expect(all.filter(({ documented }) => !documented).map(({ name }) => name)).toEqual([]);
  });

  it("is its own: nothing is handed on under a second path", () => {
    expect(SOURCE_FILES.filter((path) => /^export (?:type )?(?:\{|\*)/m.test(textOf(path).text))).toEqual([]);
  });
});
