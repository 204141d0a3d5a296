import { describe, expect, it } from "vitest";
import { trustCardMarkdown } from "../../src/views/trust-card-markdown.ts";
import { aCheck, aFinding, anEvidence, aScore, NOW } from "../support/build.ts";

describe("a trust card in Markdown", () => {
  it("has tables of headings, signals and checks, and takes nothing from upstream for more than text", () => {
    const text = trustCardMarkdown(
      {
        upstream: "pkg:github/example/tool",
        score: aScore({
          dimensions: [{ dimension: "signing", weight: 25 }],
          findings: [aFinding({ reason: "<img src=x> | [a](b) @someone", evidence: [anEvidence()] })],
        }),
        checks: [aCheck({ rule: "R1" })],
        weights: { "recent-commits": 3 },
      },
      NOW,
    );
    expect(text).toContain("## example/tool: strong, 8.2 (confidence 100%)");
    expect(text).toContain("| Signing | not known | 25% |");
    expect(text).toContain("&lt;img src=x&gt; \\| \\[a\\]\\(b\\) @\u200bsomeone");
    expect(text).toContain("| Content changed R1 | passed | Nothing changed. |  |  |");
  });
});
