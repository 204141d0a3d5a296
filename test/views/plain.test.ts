import { describe, expect, it } from "vitest";
import { plain } from "../../src/views/plain.ts";

describe("text from outside", () => {
  it.each([
    ["control characters", "a\u0007b\u009bc", "abc"],
    ["what turns the direction", "a\u202eb\u2066c\u061cd\u200fe", "abcde"],
    [
      "marks of no width, fillers and tags",
      "a\u200bb\u2060c\u115fd\u3164e\u00adf\ufeffg\u{e0041}h\u{e0101}i",
      "abcdefghi",
    ],
    ["half a character", "a\ud800b", "a\ufffdb"],
    ["other line ends", "a\r\nb\rc\u2028d", "a\nb\nc\nd"],
  ])("is shown without %s", (_, text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it.each(["👩\u200d💻", "⚠\ufe0f", "می\u200cخواهم", "日本語"])("keeps what scripts and pictures need: %s", (text) => {
    expect(plain(text)).toBe(text);
  });
});
