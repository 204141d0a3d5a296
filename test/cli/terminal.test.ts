import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { count, folded, printable, shorten, tamed, wrap } from "../../src/cli/terminal.ts";

describe("text for a terminal", () => {
  it("shows escapes and direction marks instead of obeying them", () => {
    expect(printable("\u001b[31mred\u202e\u0007")).toBe("�[31mred��");
  });

  it("is never wider than asked", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 4, max: 80 }), (text, width) => {
        expect(shorten(text, width).length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("keeps both ends of what is too long", () => {
    expect(shorten("Dockerfiles/zeek.Dockerfile:12", 15)).toBe("Dockerf…file:12");
  });

  it("breaks sentences between words", () => {
    expect(wrap("one two three four", 10, "  ")).toEqual(["  one two", "  three", "  four"]);
  });

  it.each([
    [0, "0 pins"],
    [1, "1 pin"],
    [2, "2 pins"],
  ])("counts %d", (number, text) => {
    expect(count(number, "pin")).toBe(text);
  });
});

describe("what a terminal is sent", () => {
  it.each([
    ["colours of ours", "\u001b[31mred\u001b[39m", "\u001b[31mred\u001b[39m"],
    ["tabs and line ends", "a\tb\nc", "a\tb\nc"],
    ["a cursor that moves", "\u001b[2J\u001b[1;1H", "�[2J�[1;1H"],
    [
      "a title, a link, a clipboard",
      "\u001b]0;x\u0007\u001b]8;;https://x\u001b\\\u001b]52;c;eA==\u0007",
      "�]0;x��]8;;https://x�\\�]52;c;eA==�",
    ],
    ["eight-bit controls", "\u009b31m\u009d0;x\u009c", "�31m�0;x�"],
    ["what turns the direction", "abc\u202etxt.exe\u2066", "abc�txt.exe�"],
    ["what nobody sees", "a\u061c\u00ad\u2060\ufeff\u{e0041}b\u2028c", "a�����b�c"],
    ["a picture with its selector", "\u26a0\ufe0f", "\u26a0\ufe0f"],
    ["a carriage return that overwrites", "real\rfake", "real�fake"],
  ])("of %s", (_name, text, expected) => {
    expect(tamed(text)).toBe(expected);
  });
});

describe("what went wrong", () => {
  const long =
    "config.yaml:3: wacth: unknown option; did you mean watch?\n  a line with an indent that is longer than the terminal";

  it("is broken between words at the width of a terminal, each line behind its indent", () => {
    expect(folded(long, { isTTY: true, columns: 40 }).split("\n")).toEqual([
      "config.yaml:3: wacth: unknown option;",
      "did you mean watch?",
      "  a line with an indent that is longer",
      "  than the terminal",
    ]);
  });

  it("takes a terminal that does not know its size for one of 80 columns", () =>
    expect(folded("word ".repeat(30), { isTTY: true, columns: 0 }).split("\n")).toHaveLength(2));

  it("is a whole line for a program that reads it", () => expect(folded(long, { columns: 40 })).toBe(long));
});
