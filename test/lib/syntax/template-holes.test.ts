import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spelledText } from "../../../src/lib/syntax/pieces.ts";
import { readTemplateValue } from "../../../src/lib/syntax/template-holes.ts";

const read = (text: string) => readTemplateValue(text, 0, text.length);

describe("a value with template holes", () => {
  it.each([
    ["nginx:{{ version }}", "nginx:${version}"],
    ["{{a}}/{{ b }}:$C", "${a}/${b}:${C}"],
    ["{{ a | upper }}", "${{{ a | upper }}}"],
    ["{{ .Values.tag }}", "${{{ .Values.tag }}}"],
    ["open {{ end", "open {{ end"],
    ["plain", "plain"],
  ])("reads %j", (text, spelled) => {
    expect(spelledText(read(text))).toBe(spelled);
  });

  it("knows the default of a variable, where it stands", () => {
    const text = "nginx:{{ version | default('1.29', true) }}";
    const [, hole] = read(text).pieces;
    if (hole?.kind !== "hole" || hole.fallback === undefined) throw new Error("no fallback");
    expect(hole.name).toBe("version");
    expect(text.slice(hole.fallback.start, hole.fallback.end)).toBe("1.29");
  });

  it("covers a text without gaps, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("{{", "}}", "$", "{", "}", "a", " ", "|default('", "')")), (parts) => {
        const text = parts.join("");
        let at = 0;
        for (const piece of read(text).pieces) {
          expect(piece.start).toBe(at);
          at = piece.end;
        }
        expect(at).toBe(text.length);
      }),
    );
  });
});
