import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { planProject } from "../../../src/flow/plan/plan-project.ts";
import { isWanted, wantedReleases } from "../../../src/flow/trust/collect-evidence.ts";
import { sharesOf } from "../../../src/flow/trust/share-bound.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

const provenanceAsked = () => suite.standIns.pypi.requests.filter(({ path }) => path.startsWith("/integrity/")).length;
const attestationsAsked = () =>
  suite.standIns.github.requests.filter(({ path }) => path.includes("/attestations/")).length;

describe("a plan collects the evidence of candidates", () => {
  it("and of the releases that they are compared with, and keeps it with them", async () => {
    const releases = await releasesOf(suite.flow.db, "pkg:pypi/requests");
    const [candidate, ...earlier] = releases.filter(({ evidence }) => evidence?.proofs !== undefined);
    expect(candidate?.evidence).toMatchObject({
      proofs: [
        { kind: "pep740", level: "none" },
        { kind: "pep740", level: "none" },
      ],
      sources: { proofs: { kind: "signatures", locator: "pkg:pypi/requests" } },
    });
    expect(earlier.length).toBeGreaterThan(0);
  });

  it("with who made each release on its forge", async () => {
    const [to] = (await suite.plan()).candidates.filter(({ upstream }) => upstream.startsWith("pkg:github/"));
    const releases = await releasesOf(suite.flow.db, to?.upstream ?? "");
    const known = releases.filter(({ evidence }) => evidence?.account !== undefined);
    expect(known.length).toBeGreaterThan(0);
    expect(known[0]?.evidence?.sources?.account).toMatchObject({ kind: "release" });
  });

  it("of which the checks then speak", () => {
    const checks = suite.candidateTo("2.32.5").checks.filter(({ check }) => check === "proof-weaker");
    expect(checks).toHaveLength(1);
    expect(checks[0]?.outcome).not.toBe("hold");
  });

  it("once: another plan asks nobody", async () => {
    const before = [provenanceAsked(), attestationsAsked()];
    expect(before[0]).toBeGreaterThan(0);
    expect(before[1]).toBeGreaterThan(0);
    await suite.plan();
    expect([provenanceAsked(), attestationsAsked()]).toEqual(before);
  });
});

describe("evidence that cannot be asked for", () => {
  it("is asked for again, and told as a warning the third time", async () => {
    const upstream = "pkg:pypi/requests";
    await suite.flow.db.execute(`update headgate.releases set evidence = null where purl = '${upstream}'`);
    const registry = { ...suite.flow, urls: { ...suite.flow.urls, pypi: { url: "http://127.0.0.1:9" } } };
    const [project] = suite.flow.projects;
    if (project === undefined) throw new Error("nothing is watched");
    const warned: boolean[] = [];
    for (let round = 1; round <= 3; round++) {
      const { planned } = await planProject(registry, project);
      const found = planned.find(({ candidate }) => candidate.component.upstream === upstream);
      expect(found?.card.checks.find(({ check }) => check === "proof-weaker")).toMatchObject({
        outcome: "not-checked",
        failedLookups: round,
      });
      warned.push(found?.decision.reasons.some(({ rule }) => rule === "lookup-failed") === true);
      suite.days.now = plus(suite.days.now, 2 * HOUR);
    }
    expect(warned).toEqual([false, false, true]);
  });
});

describe("evidence is wanted", () => {
  const at = (fetchedAt: string, level?: "none" | "not-reachable") =>
    aRelease({
      evidence: {
        sources: { proofs: { kind: "signatures", locator: "x", fetchedAt } },
        proofs:
          level === undefined
            ? []
            : [
                {
                  kind: "pep740",
                  subject: "x",
                  level: level === "none" ? "none" : "unknown",
                  reason: level,
                  observedAt: fetchedAt,
                },
              ],
      },
    });

  const unasked = (fetchedAt: string) =>
    aRelease({
      evidence: {
        sources: { proofs: { kind: "signatures", locator: "x", fetchedAt } },
        unknown: { proofs: "it is down" },
      },
    });

  it.each([
    ["where nobody has asked", aRelease(), true],
    ["not where it is known", at(NOW, "none"), false],
    ["where the content changed since", { ...at(NOW, "none"), contentFirstSeenAt: plus(NOW, 1) }, true],
    ["not at once where somebody could not be asked", at(plus(NOW, -HOUR / 2), "not-reachable"), false],
    ["again after an hour where nothing could be asked at all", unasked(plus(NOW, -HOUR)), true],
    ["again after an hour where somebody could not be asked", at(plus(NOW, -HOUR), "not-reachable"), true],
  ])("%s", (_case, release, wanted) => {
    expect(isWanted(release, NOW)).toBe(wanted);
  });
});

describe("where more is wanted than one plan may ask", () => {
  const proofs = { kind: "signatures", locator: "pkg:pypi/tool", fetchedAt: plus(NOW, -2 * HOUR) };
  const again = { sources: { proofs }, unknown: { proofs: "no answer" } };
  const target = (name: string, evidence = {}) => ({ to: aRelease({ upstream: `pkg:pypi/${name}`, evidence }) });
  const nothing = { earlier: () => [], complete: () => Promise.resolve([]) };

  async function asked(drafts: readonly ReturnType<typeof target>[], most: number) {
    const { wanted, putOff } = await wantedReleases(drafts, nothing, { now: NOW, share: sharesOf(most, 1)() });
    return { wanted: wanted.map(({ upstream }) => upstream), putOff };
  }

  it("what cannot be told is not asked about again in the place of what was never asked about", async () => {
    const drafts = [target("silent", again), target("new"), target("newer")];
    expect(await asked(drafts, 2)).toEqual({ wanted: ["pkg:pypi/new", "pkg:pypi/newer"], putOff: 0 });
  });

  it("the new candidates that are left to the next plans are counted", async () => {
    const drafts = ["a", "b", "c"].map((name) => target(name));
    expect(await asked(drafts, 1)).toEqual({ wanted: ["pkg:pypi/a"], putOff: 2 });
  });
});
