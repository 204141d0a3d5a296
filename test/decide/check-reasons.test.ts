import { describe, expect, it } from "vitest";
import { aCandidate, anAge, aRelease, LONG_AGO, NOW } from "../support/build.ts";
import { check, decided, rulesOf, YESTERDAY, young } from "../support/decided.ts";

describe("what was there at the first look", () => {
  const found = (given: object) =>
    aCandidate({ to: aRelease({ baseline: true, firstSeenAt: YESTERDAY, contentFirstSeenAt: YESTERDAY, ...given }) });
  const held = [check("hold", "tag-missing"), check("warn", "dormant"), young];

  it("is held by no check: it waits, and is told with warnings", () => {
    const { verdict, reasons } = decided({ candidate: found({}), checks: held });
    expect([verdict, reasons.filter(({ level }) => level === "warn").map(({ rule }) => rule)]).toEqual([
      "wait",
      ["tag-missing", "dormant"],
    ]);
    expect(reasons.find(({ rule }) => rule === "tag-missing")?.summary).toContain("at the first look");
  });

  it("is blocked as everything else, and held once its content changed", () => {
    expect(decided({ candidate: found({}), checks: [check("block")] }).verdict).toBe("block");
    expect(decided({ candidate: found({ contentFirstSeenAt: NOW }), checks: held }).verdict).toBe("hold");
  });
});

describe("what could not be checked", () => {
  it("is one note that names every check, and why", () => {
    const { reasons, verdict } = decided({
      checks: [check("not-checked"), check("not-checked", "off-branch"), anAge(LONG_AGO)],
    });
    expect(verdict).toBe("propose");
    expect(reasons.find(({ rule }) => rule === "not-checked")?.summary).toBe(
      "Not checked: content changed (What content-changed saw); off branch (What off-branch saw).",
    );
  });

  it.each([
    [2, []],
    [3, ["lookup-failed", "lookup-failed"]],
  ])("%d times in a row: warnings %j, and never a hold", (failedLookups, warnings) => {
    const failing = ["off-branch", "tag-missing"].map((name) => ({ ...check("not-checked", name), failedLookups }));
    const decision = decided({ checks: [...failing, anAge(LONG_AGO)] });
    expect(decision.verdict).toBe("propose");
    expect(rulesOf(decision, "warn")).toEqual(warnings);
  });
});
