import { describe, expect, it } from "vitest";
import type { Release } from "../../../src/domain/release.ts";
import { mergeFacts, type ReleaseFacts } from "../../../src/domain/release-facts.ts";
import type { Check } from "../../../src/score/check.ts";
import { checksumMismatch } from "../../../src/score/checks/checksum-mismatch.ts";
import { installCode } from "../../../src/score/checks/install-code.ts";
import { aFileHost, anAsset, tarballOf } from "../../support/archives.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { aCheckContext } from "../../support/check-context.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const runs = (code: object) => ({ installCode: code });
const none = runs({ startupFiles: [], scripts: [], buildBackend: "hatchling.build", setup: "none" });

describe("code that runs on installation", () => {
  it.each([
    ["a new .pth file", runs({ startupFiles: ["tool_init.pth"] }), times(5, none), "hold"],
    [
      "a .pth file as ever",
      runs({ startupFiles: ["tool.pth"] }),
      times(5, runs({ startupFiles: ["tool.pth"] })),
      "pass",
    ],
    ["a new script", runs({ scripts: ["postinstall"] }), times(5, none), "warn"],
    ["another build backend", runs({ buildBackend: "own" }), times(5, none), "warn"],
    ["a setup.py that was not there", runs({ setup: "sha256:1" }), times(5, none), "warn"],
    ["a setup.py that changed", runs({ setup: "sha256:2" }), times(5, runs({ setup: "sha256:1" })), "pass"],
    [
      "a command that a script did not have",
      runs({ scripts: ["install: b"] }),
      times(5, runs({ scripts: ["install: a"] })),
      "warn",
    ],
    [
      "a script that is known by its name alone",
      runs({ scripts: ["install: b"] }),
      times(5, runs({ scripts: ["install"] })),
      "pass",
    ],
    ["nothing new", none, times(5, none), "pass"],
    [
      "anything, after releases that nobody looked into",
      runs({ startupFiles: ["a.pth"] }),
      times(5, {}),
      "not-checked",
    ],
    ["nobody looked for", {}, times(5, none), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(installCode, facts, aHistory(history, "pkg:pypi/tool")).outcome).toBe(outcome);
  });
});

describe("what runs on installation", () => {
  it("is asked of npm's registry", async () => {
    const release = aRelease({ upstream: "pkg:npm/%40scope/tool", version: "1.0.0" });
    const body = { scripts: { test: "x", postinstall: "node steal.js" } };
    const asked: string[] = [];
    const answers = (url: string) => {
      asked.push(url);
      return { body };
    };
    const context = aCheckContext({ answers });
    const facts = await installCode.collect?.ask({ release, earlier: [], open: [release] }, context);
    expect(facts).toEqual(new Map([["1.0.0", expect.objectContaining({ installCode: { scripts: ["postinstall"] } })]]));
    expect(asked[0]).toMatch(/\/@scope%2Ftool\/1\.0\.0$/);
  });

  it("is not known of a package without a file that is opened", async () => {
    const release = aRelease({ upstream: "pkg:pypi/tool", assets: [{ name: "tool.exe", url: "https://x.example" }] });
    expect(await installCode.collect?.ask({ release, earlier: [], open: [release] }, aCheckContext())).toMatchObject({
      code: "not-checked",
    });
  });

  it("is not known of a file with another checksum, which is told until it has the right one", async () => {
    const file = await tarballOf([["package/package.json", "{}"]]);
    const asset = anAsset("tool-1.2.0.tgz", file);
    const ask = async (digest: string, evidence: ReleaseFacts = {}) => {
      const assets = [{ ...asset, digest }];
      const release = aRelease({ upstream: "pkg:npm/tool", assets, evidence });
      const context = { ...aCheckContext(), fetcher: aFileHost(file) };
      const learned = await installCode.collect?.ask({ release, earlier: [], open: [release] }, context);
      const found = learned instanceof Map ? mergeFacts(evidence, learned.get(release.tag)) : undefined;
      return { ...release, evidence: found ?? {} };
    };
    const judge = (check: Check, release: Release) =>
      check.judge({ release, history: [], earlier: [], advisories: [] }, NOW).outcome;
    const wrong = await ask(`sha256:${"0".repeat(64)}`);
    expect([judge(checksumMismatch, wrong), judge(installCode, wrong)]).toEqual(["block", "not-checked"]);
    const right = await ask(asset.digest, wrong.evidence);
    expect(judge(checksumMismatch, right)).toBe("pass");
    expect(right.evidence?.installCode).toEqual({ scripts: [] });
  });
});
