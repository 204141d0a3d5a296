import { describe, expect, it } from "vitest";
import { type FateInput, fateOf } from "../../src/deliver/fate.ts";
import { aCandidate, aComponent, aDecision, aPin, aRelease, LONG_AGO, NOW } from "../support/build.ts";

const candidate = aCandidate();
const version = candidate.to.version;

/** An open pull request for 1.1.0 that was delivered today, and whose candidate is still the one that is proposed. */
function anInput(given: Partial<FateInput> = {}): FateInput {
  return {
    candidate,
    deliveredAt: NOW,
    component: aComponent(),
    planned: { id: candidate.id, decision: aDecision() },
    release: aRelease({ version }),
    ...given,
  };
}

const decided = (verdict: "block" | "hold" | "wait" | "skip") => ({
  id: candidate.id,
  decision: aDecision({ verdict, reasons: [{ rule: "r", level: verdict, summary: `because of ${verdict}` }] }),
});
const another = { id: "another", decision: aDecision({ verdict: "wait" }) };

describe("an open pull request", () => {
  it.each([
    ["is kept while it is proposed", {}, "keep"],
    ["is kept while evidence holds it", { planned: decided("hold") }, "keep"],
    ["is kept while it waits", { planned: decided("wait") }, "keep"],
    ["is withdrawn when its version is blocked", { planned: decided("block") }, "withdraw"],
    ["is closed when somebody skips it", { planned: decided("skip") }, "skip"],
    ["is kept while a newer version is on its way", { planned: another }, "keep"],
    [
      "is withdrawn when its version is yanked meanwhile",
      { planned: another, release: aRelease({ version, state: "yanked" }) },
      "withdraw",
    ],
    [
      "is withdrawn when its version is gone",
      { planned: undefined, release: aRelease({ version, state: "deleted" }) },
      "withdraw",
    ],
    [
      "is withdrawn when the content of its version was changed",
      { planned: another, deliveredAt: LONG_AGO, release: aRelease({ version, contentFirstSeenAt: NOW }) },
      "withdraw",
    ],
    ["is obsolete when nothing pins it any more", { planned: undefined, component: undefined }, "obsolete"],
    [
      "is obsolete when the base has its version",
      { planned: undefined, component: aComponent({ pins: [aPin({ text: version })] }) },
      "obsolete",
    ],
    ["is obsolete when there is no next step", { planned: undefined }, "obsolete"],
    ["is not withdrawn because a version is not known any more", { planned: another, release: undefined }, "keep"],
  ] as const)("%s", (_, given, kind) => {
    expect(fateOf(anInput(given)).kind).toBe(kind);
  });

  it("of an image is not withdrawn because the image was built again", () => {
    const image = aCandidate({ component: aComponent({ pins: [aPin({ upstream: "pkg:docker/library/redis" })] }) });
    const release = aRelease({ version, contentFirstSeenAt: NOW });
    expect(fateOf(anInput({ candidate: image, planned: another, deliveredAt: LONG_AGO, release })).kind).toBe("keep");
  });

  it("is given the reason that people read", () => {
    expect(fateOf(anInput({ planned: decided("block") }))).toEqual({ kind: "withdraw", reason: "because of block" });
  });
});
