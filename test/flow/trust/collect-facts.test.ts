import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { planProject } from "../../../src/flow/plan/plan-project.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

async function planWith(given: Partial<FlowContext>) {
  const flow = { ...suite.flow, ...given };
  const [project] = flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  const { planned } = await planProject(flow, project);
  const found = planned.find(({ candidate }) => candidate.component.upstream === "pkg:pypi/requests");
  if (found === undefined) throw new Error("requests has no candidate");
  return found;
}

describe("facts that checks want to know", () => {
  it("are kept with the release, with where each is from", async () => {
    const target = (await releasesOf(suite.flow.db, "pkg:pypi/requests")).find(({ version }) => version === "2.32.5");
    expect(target?.evidence?.origin).toMatchObject({ tag: expect.any(Boolean) });
    expect(target?.evidence?.sources?.origin).toMatchObject({ kind: "git-refs" });
  });

  it("are asked for once", async () => {
    const asked: string[] = [];
    const git = {
      listRefs: async (url: string) => {
        asked.push(url);
        return [];
      },
    };
    suite.days.now = plus(suite.days.now, HOUR);
    await suite.plan();
    suite.days.now = plus(suite.days.now, 2 * DAY);
    await planWith({ git });
    expect(asked).toEqual([]);
  });

  it("that cannot be asked for say why, three times in a row as a warning, and hold nothing", async () => {
    await suite.flow.db.execute("update headgate.releases set evidence = null where purl = 'pkg:pypi/requests'");
    const git = { listRefs: async () => new Failure("timeout", "the repository does not answer") };
    const verdicts: string[] = [];
    for (let round = 1; round <= 3; round++) {
      const { decision, card } = await planWith({ git });
      verdicts.push(decision.verdict);
      expect(card.checks.find(({ check }) => check === "tag-missing")).toMatchObject({
        outcome: "not-checked",
        summary: "the repository does not answer",
        failedLookups: round,
      });
      expect(decision.reasons.some(({ rule }) => rule === "lookup-failed")).toBe(round === 3);
      suite.days.now = plus(suite.days.now, 2 * HOUR);
    }
    expect(new Set(verdicts)).toEqual(new Set(["propose"]));
  });
});
