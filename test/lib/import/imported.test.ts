import { describe, expect, it } from "vitest";
import { combinations, durationOf, groupName, windowOf } from "../../../src/lib/import/imported.ts";

describe("what other tools say in words", () => {
  it.each([
    ["after 10pm every weekday", "Mon-Fri 22:00-24:00"],
    ["before 5am on monday", "Mon 00:00-05:00"],
    ["after 10pm and before 5am every weekday", "Mon-Fri 22:00-05:00"],
    ["every weekend", "Sat-Sun"],
    ["on friday and saturday", "Fri,Sat"],
    ["after 9:30am", "09:30-24:00"],
    ["before 12pm", "00:00-12:00"],
    ["before 4am on the first day of the month", undefined],
    ["* 0-3 * * 1", undefined],
    ["at any time", undefined],
  ])("%j is the window %j", (text, window) => {
    expect(windowOf(text)).toBe(window);
  });

  it.each([
    ["3 days", "3d"],
    ["1 week", "1w"],
    ["12 hours", "12h"],
    ["2 months", "60d"],
    ["14d", "14d"],
    ["soon", undefined],
    ["", undefined],
  ])("%j is the duration %j", (text, duration) => {
    expect(durationOf(text)).toBe(duration);
  });

  it.each([
    ["All Non-Major", "all-non-major"],
    ["@types/*", "types"],
    ["***", undefined],
  ])("%j is the group %j", (text, name) => {
    expect(groupName(text)).toBe(name);
  });

  it("lists of matches are every combination of them", () => {
    const parts = { upstream: ["a", "b"], kind: ["docker"], path: [], step: ["major", "minor"] };
    expect(combinations(parts)).toHaveLength(4);
    expect(combinations({ ...parts, upstream: [], kind: [], step: [] })).toEqual([{}]);
  });
});
