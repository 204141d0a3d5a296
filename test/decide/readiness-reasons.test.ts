import { describe, expect, it } from "vitest";
import { decide } from "../../src/decide/decide.ts";
import { HOUR, MINUTE, plus } from "../../src/domain/instant.ts";
import type { Readiness } from "../../src/domain/readiness.ts";
import type { Release } from "../../src/domain/release.ts";
import {
  aCandidate,
  aHumanDecision,
  anAdvisory,
  anAge,
  aPolicy,
  aRelease,
  aScore,
  LONG_AGO,
  NOW,
} from "../support/build.ts";

function decided(given: {
  readiness?: Partial<Readiness>;
  to?: Partial<Release>;
  since?: string;
  settle?: number;
  fixes?: boolean;
}) {
  const { readiness, to = {}, since = LONG_AGO, settle = HOUR, fixes = false } = given;
  const candidate = aCandidate({
    to: aRelease({ version: "1.1.0", firstSeenAt: since, ...to }),
    fixes: fixes ? [anAdvisory()] : [],
  });
  const ready: Readiness = { missing: [], notChecked: [], askedAt: NOW, ...readiness };
  const facts = { candidate, history: [], score: aScore(), checks: [anAge(since)], advisories: [], readiness: ready };
  return decide({ ...facts, humanDecisions: [aHumanDecision()] }, aPolicy({ settle }), NOW);
}

describe("a release of which something is missing", () => {
  it("waits without an end, and says for what and when it was asked for", () => {
    const { verdict, until, reasons } = decided({ readiness: { missing: ["the file tool_1.1.0_arm64"] } });
    expect([verdict, until]).toEqual(["wait", undefined]);
    expect(reasons[0]?.summary).toBe(
      "Not ready: the file tool_1.1.0_arm64 is not there yet (asked on 2026-11-20 12:00 UTC).",
    );
  });

  it("waits also when it is a fix, or when a person has approved it", () => {
    expect(decided({ readiness: { missing: ["a wheel"] }, fixes: true }).verdict).toBe("wait");
  });

  it("names three things, and counts the rest", () => {
    const { reasons } = decided({ readiness: { missing: ["a", "b", "c", "d", "e"] } });
    expect(reasons[0]?.summary).toContain("a, b, c and 2 more are not there yet");
  });

  it("is not held up by what could not be looked at", () => {
    const { verdict, reasons } = decided({
      readiness: { notChecked: ["whether its files are there: no GitHub token"] },
    });
    expect(verdict).toBe("propose");
    expect(reasons.map(({ summary }) => summary)).toContain(
      "Not checked: whether its files are there: no GitHub token.",
    );
  });
});

describe("the settle window", () => {
  const ago = (minutes: number) => plus(NOW, -minutes * MINUTE);
  it.each([
    ["a fix whose content is younger", { since: ago(20), fixes: true }, "wait", plus(NOW, 40 * MINUTE)],
    ["a fix whose content stood still", { since: ago(60), fixes: true }, "propose", undefined],
    [
      "a file uploaded a moment ago",
      { to: { assets: [{ name: "x", updatedAt: ago(10) }] } },
      "wait",
      plus(NOW, 50 * MINUTE),
    ],
    ["a file uploaded before", { to: { assets: [{ name: "x", updatedAt: ago(90) }] } }, "propose", undefined],
    ["a file from the future", { to: { assets: [{ name: "x", updatedAt: plus(NOW, HOUR) }] } }, "propose", undefined],
    ["a window that ends before the wait does", { since: ago(20) }, "wait", undefined],
    ["no window", { since: ago(1), fixes: true, settle: 0 }, "propose", undefined],
  ])("%s", (_, given, verdict, until) => {
    const decision = decided(given);
    expect(decision).toMatchObject({ verdict, ...(until !== undefined && { until }) });
    expect(decision.reasons.some(({ rule }) => rule === "settling")).toBe(until !== undefined);
  });
});
