import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { ReleaseFacts } from "../../../src/domain/release-facts.ts";
import { dormantProject } from "../../../src/score/checks/dormant-project.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { judgedAfter, proven, times } from "../../support/checks.ts";

const signed = proven("verified", { keyId: "A" });
const silentFor = (days: number, facts: readonly ReleaseFacts[]) =>
  facts.map((evidence, index) => {
    const at = plus(NOW, -(days + 20 * index) * DAY);
    return aRelease({ version: `0.${index}.0`, publishedAt: at, firstSeenAt: at, evidence });
  });

describe("a release after a silence", () => {
  it.each([
    ["of a month", {}, silentFor(30, times(4, {})), "pass"],
    ["of a year and a day", {}, silentFor(366, times(4, {})), "warn"],
    ["of two years, with the key as ever", signed, silentFor(730, times(4, signed)), "warn"],
    ["of two years, with another key", proven("verified", { keyId: "B" }), silentFor(730, times(4, signed)), "hold"],
    ["of two years, unsigned now", proven("none"), silentFor(730, times(4, signed)), "hold"],
    ["of two years, by another account", { account: "b" }, silentFor(730, times(4, { account: "a" })), "hold"],
    [
      "of two years, without its tag",
      { origin: { tag: false } },
      silentFor(730, times(4, { origin: { tag: true } })),
      "hold",
    ],
    ["of two years, after two releases", {}, silentFor(730, times(2, {})), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(dormantProject, facts, history).outcome).toBe(outcome);
  });
});
