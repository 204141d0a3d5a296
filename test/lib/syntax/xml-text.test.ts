import { describe, expect, it } from "vitest";
import { elementsOf, textBetween } from "../../../src/lib/syntax/xml-text.ts";

describe("the text between the tags of an element", () => {
  it.each([
    ["<a>x</a>", "x"],
    ['<?xml version="1.0"?>\n<a b="c">\n<d/></a>', "\n<d/>"],
    ["<ab>no</ab><a>yes</a>", "yes"],
    ["<a>first</a><a>second</a>", "first"],
    ["<a></a>", ""],
    ["<a>never closed", undefined],
    ["<ab>other</ab>", undefined],
    ["", undefined],
  ])("of %j is %j", (xml, text) => {
    expect(textBetween(xml, "a")).toBe(text);
  });

  it("is found at once in what never closes", () => {
    expect(textBetween("<a>".repeat(200_000), "a")).toBeUndefined();
    expect(elementsOf("<a>".repeat(200_000), "a")).toEqual([]);
    expect(elementsOf("<a ".repeat(200_000), "a")).toEqual([]);
  });
});

describe("the texts of all elements of a name", () => {
  it.each([
    ["<v>1</v> <v> 2\n</v><w>3</w>", ["1", "2"]],
    ['<v a="b">1 &lt; 2 &amp;amp;</v>', ["1 < 2 &amp;"]],
    ["<v><w>nested</w></v><v/>", []],
    ["<v></v>", [""]],
  ])("in %j are %j", (xml, texts) => {
    expect(elementsOf(xml, "v")).toEqual(texts);
  });
});
