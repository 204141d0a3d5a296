import { describe, expect, it } from "vitest";
import { DAY, HOUR, type Instant, plus } from "../../../src/domain/instant.ts";
import type { DeliveryWish } from "../../../src/domain/policy.ts";
import { incompleteWaves } from "../../../src/flow/deliver/wait-for-wave.ts";
import type { Planned } from "../../../src/flow/plan/planned.ts";
import { aCandidate, aComponent, aDecision, anAdvisory, aPin, aProject, aRelease, NOW } from "../../support/build.ts";

const REBUILT = plus(NOW, -7 * DAY);

/** A rebuilt image: first seen so long after the first of its wave, and still waiting where `until` says so. */
function anImage(name: string, given: { seen?: number; until?: Instant; fixes?: boolean; by?: string } = {}): Planned {
  const { seen = 0, until, fixes = false, by } = given;
  const upstream = `pkg:docker/library/${name}`;
  const to = aRelease({ upstream, version: "12", tag: "12", contentFirstSeenAt: plus(REBUILT, seen) });
  const component = aComponent({ pins: [aPin({ upstream, name, text: "12" })] });
  const candidate = aCandidate({ id: name, component, to, step: "digest", fixes: fixes ? [anAdvisory()] : [] });
  const said = by === undefined ? {} : { by: { person: by } };
  const decision = aDecision(until === undefined ? { verdict: "propose", ...said } : { verdict: "wait", until });
  return { project: aProject(), candidate, decision, card: { upstream, score: undefined, checks: [] } };
}

function waitingFor(images: readonly Planned[], wish: DeliveryWish = { group: "rebuilt-images" }) {
  return incompleteWaves(new Map(images.map((one) => [one, wish])), NOW).map(({ ready, words }) => ({
    ready: ready.map(({ candidate }) => candidate.id),
    words,
  }));
}

const soon = plus(NOW, 5 * HOUR);

describe("a wave of rebuilt images", () => {
  it("waits for those that were built again within a day, and says for which and until when", () => {
    const late = anImage("tool", { seen: 5 * HOUR, until: soon });
    expect(waitingFor([anImage("debian"), anImage("proxy"), late])).toEqual([
      {
        ready: ["debian", "proxy"],
        words: "waits for the rest of its wave, until 2026-11-20 17:00 UTC: tool 12",
      },
    ]);
  });

  it.each([
    ["when nothing else is on its way", [anImage("debian"), anImage("tool")]],
    [
      "when the other one was built again on another day",
      [anImage("debian"), anImage("tool", { seen: 2 * DAY, until: soon })],
    ],
    [
      "when the other one waits for longer than a day",
      [anImage("debian"), anImage("tool", { seen: HOUR, until: plus(NOW, 3 * DAY) })],
    ],
    ["when it fixes an advisory", [anImage("debian", { fixes: true }), anImage("tool", { seen: HOUR, until: soon })]],
    [
      "when a person approved one of them",
      [anImage("debian", { by: "maintainer" }), anImage("tool", { seen: HOUR, until: soon })],
    ],
    [
      "when the other one goes, too, and only its next content is on its way",
      [anImage("debian"), anImage("tool"), anImage("tool", { seen: 5 * HOUR, until: soon })],
    ],
    ["when none of it may go yet", [anImage("debian", { until: soon }), anImage("tool", { until: soon })]],
  ])("does not wait %s", (_, images) => {
    expect(waitingFor(images)).toEqual([]);
  });

  it("is none where each image has a pull request of its own", () => {
    const late = anImage("tool", { seen: HOUR, until: soon });
    expect(waitingFor([anImage("debian"), late], { group: false })).toEqual([]);
  });
});
