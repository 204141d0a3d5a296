import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpackSnappy } from "../../../../src/lib/verify/collect/snappy.ts";

const text = (block: number[], most = 1000) => {
  const unpacked = unpackSnappy(Uint8Array.from(block), most);
  return unpacked instanceof Error ? unpacked.code : new TextDecoder().decode(unpacked);
};
const ascii = (word: string) => [...word].map((letter) => letter.charCodeAt(0));

describe("a snappy block", () => {
  it.each<[string, number[], string]>([
    ["a literal", [5, 4 << 2, ...ascii("hello")], "hello"],
    ["a literal with its length in a byte", [70, 60 << 2, 69, ...ascii("a".repeat(70))], "a".repeat(70)],
    ["a copy that overlaps itself", [10, 0, ...ascii("a"), ((9 - 4) << 2) | 1, 1], "a".repeat(10)],
    ["a copy with an offset of two bytes", [6, 2 << 2, ...ascii("abc"), (2 << 2) | 2, 3, 0], "abcabc"],
    ["a copy with an offset of four bytes", [6, 2 << 2, ...ascii("abc"), (2 << 2) | 3, 3, 0, 0, 0], "abcabc"],
    ["nothing", [0], ""],
  ])("unpacks %s", (_case, block, expected) => {
    expect(text(block)).toBe(expected);
  });

  it.each<[string, number[], string]>([
    ["a literal that is cut off", [5, 4 << 2, ...ascii("hel")], "unreadable"],
    ["a copy from before the beginning", [5, 0, ...ascii("a"), (3 << 2) | 2, 9, 0], "unreadable"],
    ["a copy of nothing", [5, 0, ...ascii("a"), (3 << 2) | 2, 0, 0], "unreadable"],
    ["less than it says", [9, 4 << 2, ...ascii("hello")], "unreadable"],
    ["more than it says", [3, 4 << 2, ...ascii("hello")], "unreadable"],
    ["no length", [], "unreadable"],
    ["a length over the limit", [0xff, 0xff, 0xff, 0xff, 0x0f], "too-large"],
  ])("is refused with %s", (_case, block, code) => {
    expect(text(block)).toBe(code);
  });

  it("never throws and never grows past its limit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (block) => {
        const unpacked = unpackSnappy(block, 100);
        expect(unpacked instanceof Error || unpacked.length <= 100).toBe(true);
      }),
    );
  });
});
