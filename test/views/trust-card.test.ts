import { describe, expect, it } from "vitest";
import { NOT_ASKED } from "../../src/domain/trust.ts";
import { toMarkup } from "../../src/views/html.ts";
import { trustCardHtml, trustCardText } from "../../src/views/trust-card.ts";
import { aCheck, aFinding, anEvidence, aScore, NOW } from "../support/build.ts";

const score = aScore({
  coverage: 0.85,
  dimensions: [
    { dimension: "signing", weight: 25, value: 8 },
    { dimension: "track-record", weight: 15 },
  ],
  findings: [
    aFinding({ evidence: [anEvidence()], observedAt: "2026-11-19T12:00:00.000Z" }),
    aFinding({ signal: "security-policy", outcome: "unknown", reason: "<b>The host</b> did not answer." }),
  ],
});
const trust = {
  upstream: "pkg:github/example/tool",
  score,
  checks: [
    aCheck({ outcome: "not-checked", summary: "No host." }),
    aCheck({
      check: "off-branch",
      rule: "R7",
      outcome: "hold",
      summary: "It is on no branch.",
      evidence: [anEvidence({ observed: "on no branch", expected: "on a branch" })],
      comparedVersions: ["1.1", "1.0"],
    }),
  ],
  weights: { "recent-commits": 3 },
};

describe("a trust card", () => {
  it("names signals that nobody asked for yet in one sentence", () => {
    const findings = ["stars", "vouches"].map((signal) => aFinding({ signal, outcome: "unknown", reason: NOT_ASKED }));
    const told = trustCardText({ ...trust, checks: [], score: aScore({ findings, dimensions: [] }) }, NOW);
    expect(told).toContain("Not asked yet:\n  Stars, Vouches.\n");
    expect(told).not.toContain("Signals:");
  });

  it("shows every heading, signal, source, time and weight in a terminal", () => {
    expect(trustCardText(trust, NOW)).toBe(
      [
        "example/tool: strong, 8.2 (confidence 85%)",
        "------------------------------------------",
        "",
        "  Signing               8.0  ████████░░  weight 25%",
        "  Track record    not known              weight 15%",
        "",
        "Signals:",
        "  good, Recent commits (weight 3): 31 commits in the last 90 days.",
        "    https://github.com/example/tool; 19 Nov 2026, 12:00 UTC, 1 day ago",
        "  unknown, Security policy: <b>The host</b> did not answer.",
        "    20 Nov 2026, 12:00 UTC, now",
        "",
        "Checks of this version:",
        "  held, Off branch (R7): It is on no branch.",
        "    observed: on no branch; history expects: on a branch",
        "    compared with 1.1, 1.0",
        "",
        "Not checked of this version, and why:",
        "  Content changed: No host.",
        "",
      ].join("\n"),
    );
  });

  it("says the same in HTML, where upstream text stays text", () => {
    const markup = toMarkup(trustCardHtml(trust, NOW));
    for (const phrase of [
      "strong, 8.2 (confidence 85%)",
      "Track record: not known",
      "31 commits",
      "&lt;b&gt;The host&lt;/b&gt;",
    ]) {
      expect(markup).toContain(phrase);
    }
  });

  it("has no number without a score", () => {
    expect(trustCardText({ upstream: "pkg:pypi/x", score: undefined, checks: [] }, NOW)).toBe(
      "x: insufficient data\n--------------------\n",
    );
  });
});
