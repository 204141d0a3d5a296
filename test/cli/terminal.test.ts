import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { count, printable, shorten, wrap } from "../../src/cli/terminal.ts";

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
