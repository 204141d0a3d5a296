import { describe, expect, it } from "vitest";
import { isInWindow, parseWindow } from "../../../src/lib/config/window.ts";

function inside(text: string, now: string, zone = "UTC"): boolean {
  const window = parseWindow(text);
  if (window === undefined) throw new Error(`${text} is no window`);
  return isInWindow(window, now, zone);
}

describe("a window", () => {
  // 2026-11-20 is a Friday
  it.each([
    ["Mon-Fri 08:00-17:00", "2026-11-20T08:00:00.000Z", true],
    ["Mon-Fri 08:00-17:00", "2026-11-20T16:59:59.000Z", true],
    ["Mon-Fri 08:00-17:00", "2026-11-20T17:00:00.000Z", false],
    ["Mon-Fri 08:00-17:00", "2026-11-21T09:00:00.000Z", false],
    ["Sat,Sun", "2026-11-21T23:59:00.000Z", true],
    ["Sat-Mon", "2026-11-23T00:00:00.000Z", true],
    ["22:00-06:00", "2026-11-20T23:00:00.000Z", true],
    ["22:00-06:00", "2026-11-20T05:59:00.000Z", true],
    ["22:00-06:00", "2026-11-20T12:00:00.000Z", false],
    ["Fri 22:00-06:00", "2026-11-21T05:00:00.000Z", true],
    ["Fri 22:00-06:00", "2026-11-20T05:00:00.000Z", false],
    ["fri 0:00-24:00", "2026-11-20T23:59:00.000Z", true],
  ])("%s holds at %s: %s", (text, now, expected) => {
    expect(inside(text, now)).toBe(expected);
  });

  it("is read on the wall clock of its zone, in winter and in summer", () => {
    expect(inside("Mon-Fri 08:00-09:00", "2026-11-20T07:30:00.000Z", "Europe/Berlin")).toBe(true);
    expect(inside("Mon-Fri 08:00-09:00", "2026-07-17T06:30:00.000Z", "Europe/Berlin")).toBe(true);
    expect(inside("Mon-Fri 08:00-09:00", "2026-07-17T07:30:00.000Z", "Europe/Berlin")).toBe(false);
  });

  it.each([
    "",
    "Mon-Fri 8-17",
    "Someday",
    "Mon 25:00-26:00",
    "08:00-08:00",
    "Mon Tue 08:00-09:00",
    "Mon-Xyz",
    "* 8 * * *",
  ])("is not %j", (text) => {
    if (text === "") expect(parseWindow(text)?.days).toBeUndefined();
    else expect(parseWindow(text)).toBeUndefined();
  });
});
