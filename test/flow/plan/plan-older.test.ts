import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../src/domain/bump.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { planOlder } from "../../../src/flow/plan/plan-older.ts";
import type { Planned } from "../../../src/flow/plan/planned.ts";
import { aCandidate, aComponent, aDecision, aPolicy, aRelease, LONG_AGO, NOW } from "../../support/build.ts";

const project = { id: "example", name: "example", source: { kind: "path", path: "/x" }, ignorePaths: [] } as const;
const component = aComponent();

function aPlanned(version: string, verdict: Verdict, rule = "age", firstSeenAt = LONG_AGO): Planned {
  const to = aRelease({ version, firstSeenAt, contentFirstSeenAt: firstSeenAt, upstream: component.upstream });
  const level = verdict === "propose" ? "note" : verdict;
  const decision = aDecision({ verdict, reasons: [{ rule, level, summary: "because" }] });
  const card = { upstream: component.upstream, score: undefined, checks: [] };
  return { project, candidate: aCandidate({ id: version, component, to }), decision, card };
}

/** Versions that are proposed beside the first step, when planning the older ones gives these verdicts. */
async function proposed(first: Planned, older: readonly Planned[]): Promise<Planned[]> {
  const drafts = older.map((one) => one.candidate);
  const plan = async (wanted: readonly { id: string }[]) =>
    wanted.map((draft) => {
      const found = older.find((one) => one.candidate.id === draft.id);
      if (found === undefined) throw new Error("an unknown draft is planned");
      return found;
    });
  return planOlder([first], () => drafts, plan, { policy: aPolicy(), now: NOW });
}

describe("when the newest version cannot be taken now", () => {
  it.each(["wait", "hold", "block", "skip"] as const)(
    "an older one is proposed beside what is on %s",
    async (verdict) => {
      const found = await proposed(aPlanned("1.9.0", verdict), [
        aPlanned("1.8.0", "wait"),
        aPlanned("1.7.0", "propose"),
      ]);
      expect(found.map((one) => one.candidate.id)).toEqual(["1.7.0"]);
      expect(found[0]?.decision.reasons.at(-1)).toMatchObject({ summary: expect.stringContaining("1.9.0 is newer") });
    },
  );

  it("nothing is proposed beside what is proposed itself", async () => {
    expect(await proposed(aPlanned("1.9.0", "propose"), [aPlanned("1.8.0", "propose")])).toEqual([]);
  });

  it("a person's word about it stands for the older ones", async () => {
    expect(await proposed(aPlanned("1.9.0", "skip", "person"), [aPlanned("1.8.0", "propose")])).toEqual([]);
  });

  it.each([
    ["comes beside a newer version that is held", "minor", "hold", "rule", 1],
    ["comes beside a newer version that a person skipped", "minor", "skip", "person", 1],
    ["comes beside a new major version, also where that is proposed", "major", "propose", "rule", 1],
    ["does not come beside a smaller step that is proposed", "minor", "propose", "rule", 0],
  ] as const)("new content of the version that is pinned %s", async (_, step, verdict, rule, many) => {
    const first = aPlanned("1.9.0", verdict, rule);
    const rebuilt = aPlanned("1.0.0", "propose");
    const older = { ...rebuilt, candidate: { ...rebuilt.candidate, step: "digest" as const } };
    const image = { ...first.candidate.component, upstream: "pkg:docker/library/debian" };
    const newer = { ...first, candidate: { ...first.candidate, component: image, step } };
    expect(await proposed(newer, [older])).toHaveLength(many);
  });

  it("what is too young itself is not even looked at", async () => {
    const young = aPlanned("1.8.0", "propose", "age", plus(NOW, -2 * DAY));
    expect(await proposed(aPlanned("1.9.0", "wait"), [young])).toEqual([]);
  });
});
