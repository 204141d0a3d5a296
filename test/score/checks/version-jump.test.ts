import { describe, expect, it } from "vitest";
import { versionJump } from "../../../src/score/checks/version-jump.ts";
import { aRelease, LONG_AGO } from "../../support/build.ts";
import { judgedAfter } from "../../support/checks.ts";

const after = (version: string, ...before: string[]) =>
  judgedAfter(
    versionJump,
    {},
    before.map((one) => aRelease({ version: one, firstSeenAt: LONG_AGO })),
    { version, tag: version },
  );

describe("a version number", () => {
  it.each([
    ["1.2.4", ["1.2.3"], "pass"],
    ["2.0.0", ["1.2.3"], "pass"],
    ["3.0.0", ["1.2.3"], "pass"],
    ["4.0.0", ["1.2.3"], "warn"],
    ["0.3.91", ["0.3.9"], "warn"],
    ["0.3.10", ["0.3.9", "0.3.1"], "pass"],
    ["0.3.91", ["0.3.90", "0.3.9"], "pass"],
    ["1.2.5", ["9.0.0", "1.2.4"], "pass"],
    ["2026.1.0", ["2023.4.0"], "not-checked"],
    ["99.0.0", ["2023.4.0"], "not-checked"],
    ["latest", ["1.0.0"], "not-checked"],
  ])("%s after %j: %s", (version, before, outcome) => {
    expect(after(version, ...before).outcome).toBe(outcome);
  });
});
