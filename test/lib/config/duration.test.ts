import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../src/lib/config/duration.ts";

describe("a duration", () => {
  it.each([
    ["0", 0],
    ["90s", 90_000],
    ["15m", 900_000],
    ["24h", 86_400_000],
    ["3d", 259_200_000],
    ["1w", 604_800_000],
  ])("%s is %d milliseconds", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "3", "3 days", "-1d", "1.5h", "d", "9999999d"])("%j is not one", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    [259_200_000, "3 days"],
    [388_800_000, "4.5 days"],
    [86_400_000, "24 hours"],
    [300_000, "5 minutes"],
    [1_000, "1 second"],
  ])("of %d milliseconds is written %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
