import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOT_ASKED } from "../../../src/domain/trust.ts";
import { type Explanation, explainUpstream } from "../../../src/flow/trust/explain-upstream.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { enabledSignals } from "../../../src/score/signals.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

async function explain(upstream: string, ask = false): Promise<Explanation> {
  const explained = await explainUpstream(suite.flow, { upstream, ask });
  if (isFailure(explained)) throw explained;
  return explained;
}

const asked = () => Object.values(suite.standIns).flatMap((one) => ("requests" in one ? [...one.requests] : [])).length;

describe("explaining an upstream", () => {
  it("says every signal with its reason, source and time, and asks nobody", async () => {
    const before = asked();
    const { score, release } = await explain("harbourlights/pilot");
    expect(asked()).toBe(before);
    expect(score.coverage).toBeGreaterThanOrEqual(0.5);
    const applying = enabledSignals({}).filter((signal) => signal.appliesTo("pkg:github/harbourlights/pilot"));
    expect(score.findings.map((finding) => finding.signal).sort()).toEqual(applying.map(({ id }) => id).sort());
    for (const finding of score.findings.filter((one) => one.outcome === "good" || one.outcome === "bad")) {
      expect(finding.reason, finding.signal).not.toBe("");
      expect(finding.evidence[0]?.source, finding.signal).toMatch(/\S/);
    }
    expect(release).toMatchObject({ version: "1.5.0", tag: "v1.5.0", state: "released" });
  });

  it("names the candidates that it gave, with their ids", async () => {
    const { candidates } = await explain("harbourlights/pilot");
    expect(candidates).toEqual([
      { id: suite.candidateTo("1.5.0").id, project: "suite", from: ["1.4.0"], to: "1.5.0", state: "seen" },
    ]);
  });

  it("gives the score that the decision was made with", async () => {
    const [stored] = (await suite.plan()).candidates.filter((one) => one.to === "1.5.0");
    expect((await explain("harbourlights/pilot")).score.value).toBeCloseTo(stored?.score.value ?? Number.NaN);
    expect((await explain("harbourlights/pilot")).release?.checks).toEqual(stored?.checks);
  });

  it.each([
    ["pkg:pypi/Requests", "pkg:pypi/requests", "2.32.5"],
    ["requests@2.31.0", "pkg:pypi/requests", "2.31.0"],
    ["pkg:pypi/requests@2.31.0", "pkg:pypi/requests", "2.31.0"],
    ["Harbourlights/Pilot@1.4.1", "pkg:github/harbourlights/pilot", "v1.4.1"],
    ["harbourlights/pilot@v1.4.1", "pkg:github/harbourlights/pilot", "v1.4.1"],
    ["redis@7.4-alpine", "pkg:docker/library/redis", "7.4-alpine"],
    ["pkg:docker/library/redis@7.4-alpine", "pkg:docker/library/redis", "7.4-alpine"],
    ["pkg:docker/search/engine?repository_url=registry.example", undefined, "latest"],
    ["pkg:docker/search/engine@latest?repository_url=registry.example", undefined, "latest"],
  ])("understands %s", async (given, upstream, tag) => {
    const explained = await explain(given);
    if (upstream !== undefined) expect(explained.upstream).toBe(upstream);
    expect(explained.release?.tag).toBe(tag);
  });

  it("checks a version that was no candidate from what is stored, and says what was not asked", async () => {
    const { release } = await explain("harbourlights/pilot@1.4.1");
    expect(release?.checkedAt).toBeUndefined();
    expect(release?.checks.map((one) => one.check)).toContain("content-changed");
  });

  it("has no number for an upstream that nobody asked about, until it is asked", async () => {
    const before = await explain("harbourlights/setup-pier");
    expect(before.score.coverage).toBeLessThan(0.5);
    expect(before.score.findings.find((one) => one.signal === "recent-commits")).toMatchObject({
      outcome: "unknown",
      reason: NOT_ASKED,
    });
    expect((await explain("harbourlights/setup-pier", true)).score.coverage).toBeGreaterThan(before.score.coverage);
  });

  it("asks about a version that was no candidate, where it is told to", async () => {
    const malware = async (ask: boolean) =>
      (await explain("requests@2.31.0", ask)).release?.checks.find((one) => one.check === "withdrawn");
    expect(await malware(false)).toMatchObject({ outcome: "not-checked", summary: expect.stringContaining("--ask") });
    expect(await malware(true)).toMatchObject({ outcome: "pass" });
  });

  it("says why a signal cannot be asked", async () => {
    const { score } = await explain("redis", true);
    expect(score.findings.find((one) => one.signal === "recent-commits")?.reason).toMatch(/No source repository/);
  });

  it.each([
    ["nobody", /No watched project takes anything from "nobody"/],
    ["pkg:pypi/nobody", /No watched project takes anything from "pkg:pypi\/nobody"/],
    ["pkg:", /is not a package URL such as/],
    ["requests@9.9.9", /requests has no known version 9\.9\.9; the newest known ones are 2\.32\.5/],
  ])("refuses %s with what to write instead", async (given, message) => {
    await expect(explain(given)).rejects.toThrow(message);
  });
});
