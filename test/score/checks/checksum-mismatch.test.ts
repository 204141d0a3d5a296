import { describe, expect, it } from "vitest";
import { checksumMismatch } from "../../../src/score/checks/checksum-mismatch.ts";
import { aRelease } from "../../support/build.ts";
import { aCheckContext } from "../../support/check-context.ts";
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

describe("lists of checksums among the files", () => {
  const [right, wrong] = ["a", "b"].map((digit) => digit.repeat(64));
  const release = (list: string) =>
    aRelease({
      assets: [
        { name: "tool.tgz", digest: `sha256:${right}` },
        { name: "tool.exe", digest: `sha256:${right}` },
        { name: list, url: `https://files.example/${list}` },
      ],
    });
  const ask = (list: string, text: string) =>
    checksumMismatch.collect?.ask(
      { release: release(list), earlier: [], open: [] },
      aCheckContext({ answers: () => ({ body: text }) }),
    );

  it.each([
    ["SHA256SUMS", `${right}  tool.tgz\n${right}  tool.exe`, { published: true, mismatches: [] }],
    ["SHA256SUMS", `${wrong}  tool.tgz\n${right}  tool.exe`, { published: true, mismatches: ["tool.tgz"] }],
    ["tool.tgz.sha256", wrong ?? "", { published: true, mismatches: ["tool.tgz"] }],
    ["tool_checksums.txt", `${right} *./tool.tgz`, { published: true, mismatches: [] }],
    ["README.md", wrong ?? "", { published: false, mismatches: [] }],
  ])("%s with %j", async (list, text, checksums) => {
    expect(await ask(list, text)).toEqual(new Map([["1.0.0", expect.objectContaining({ checksums })]]));
  });

  it("are not known where files are not, or the list cannot be had", async () => {
    const bare = { release: aRelease(), earlier: [], open: [] };
    expect(await checksumMismatch.collect?.ask(bare, aCheckContext())).toMatchObject({ code: "not-checked" });
    const asked = { release: release("SHA256SUMS"), earlier: [], open: [] };
    expect(await checksumMismatch.collect?.ask(asked, aCheckContext())).toMatchObject({ code: "not-found" });
  });
});
