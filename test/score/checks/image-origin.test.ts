import { describe, expect, it } from "vitest";
import { imageOrigin } from "../../../src/score/checks/image-origin.ts";
import { aHistory, judgedAfter, times } from "../../support/checks.ts";

const released = { origin: { release: true } };
const unreleased = { origin: { release: false, tag: false } };
const digests = { index: "sha256:1" };
const checked = (facts: Parameters<typeof judgedAfter>[1], history: Parameters<typeof aHistory>[0]) =>
  judgedAfter(imageOrigin, facts, aHistory(history, "pkg:docker/example/tool"), { digests });

describe("an image", () => {
  it.each([
    ["without a release where all had one", unreleased, times(5, released), "hold"],
    ["without a release as ever", unreleased, times(5, unreleased), "pass"],
    ["without a release after two that are known", unreleased, times(2, released), "not-checked"],
    ["with a release", released, times(5, released), "pass"],
    ["that another registry has, too", { otherDigests: { "ghcr.io": "sha256:1" } }, [], "pass"],
    ["that another registry has otherwise", { otherDigests: { "ghcr.io": "sha256:2" } }, [], "hold"],
    ["that nobody could compare", {}, times(5, released), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(checked(facts, history).outcome).toBe(outcome);
  });
});
