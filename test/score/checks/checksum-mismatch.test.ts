import { describe, expect, it } from "vitest";
import { checksumMismatch } from "../../../src/score/checks/checksum-mismatch.ts";
import { judgedAfter } from "../../support/checks.ts";

describe("published checksums", () => {
  it.each([
    [{ checksums: { published: true, mismatches: [] } }, "pass", "have the published checksums"],
    [{ checksums: { published: false, mismatches: [] } }, "pass", "publishes no checksums"],
    [
      { checksums: { published: true, mismatches: ["tool.dmg"] } },
      "block",
      "published for tool.dmg is of another file",
    ],
    [{}, "not-checked", "no published checksums"],
  ])("%j: %s", (facts, outcome, words) => {
    const judgement = judgedAfter(checksumMismatch, facts, []);
    expect(judgement.outcome).toBe(outcome);
    expect(judgement.summary).toContain(words);
  });
});
