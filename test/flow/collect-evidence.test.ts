import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releasesOf } from "../../src/db/releases.ts";
import { HOUR, plus } from "../../src/domain/instant.ts";
import { isWanted } from "../../src/flow/collect-evidence.ts";
import { aRelease, NOW } from "../support/build.ts";
import { type Suite, startSuite } from "../support/suite.ts";

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

  it.each([
    ["where nobody has asked", aRelease(), true],
    ["not where it is known", at(NOW, "none"), false],
    ["where the content changed since", { ...at(NOW, "none"), contentFirstSeenAt: plus(NOW, 1) }, true],
    ["not at once where somebody could not be asked", at(plus(NOW, -HOUR / 2), "not-reachable"), false],
    ["again after an hour where somebody could not be asked", at(plus(NOW, -HOUR), "not-reachable"), true],
  ])("%s", (_case, release, wanted) => {
    expect(isWanted(release, NOW)).toBe(wanted);
  });
});
