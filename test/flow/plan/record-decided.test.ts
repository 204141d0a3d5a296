import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditLines } from "../../../src/db/pages/audit-lines.ts";
import { recordDecided } from "../../../src/flow/plan/record-decided.ts";
import { aCandidate, aComponent, aDecision, aRelease } from "../../support/build.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

describe("what a plan decided", () => {
  it("is in the audit log with what it is about, from the first decision on", async () => {
    const { lines } = await auditLines(suite.flow.db, { kind: "decision" });
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      expect(line).toMatchObject({ upstream: expect.stringMatching(/^pkg:/), project: expect.any(String) });
    }
  });

  it("is recorded when it is news, and not again", async () => {
    const [project] = suite.flow.projects;
    if (project === undefined) throw new Error("the suite watches nothing");
    const component = aComponent({ project: project.id });
    const candidate = aCandidate({ id: "c0ffee000001", component, to: aRelease({ version: "9.0.0" }) });
    const card = { upstream: candidate.to.upstream, score: undefined, checks: [] };
    const plan = (verdict: "wait" | "propose") =>
      recordDecided(suite.flow, [{ project, candidate, decision: aDecision({ verdict }), card }]);
    for (const verdict of ["wait", "wait", "propose"] as const) await plan(verdict);
    const { lines } = await auditLines(suite.flow.db, { kind: "decision", text: candidate.id });
    expect(lines.map(({ upstream, data }) => [upstream, data.verdict])).toEqual([
      [candidate.to.upstream, "propose"],
      [candidate.to.upstream, "wait"],
    ]);
  });
});
