import { describe, expect, it } from "vitest";
import type { RepositoryFacts } from "../../../src/lib/facts/repository-facts.ts";
import { signedReleases } from "../../../src/score/signals/signed-releases.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { aRepository, aScoreContext } from "../../support/score.ts";
import { finding } from "../../support/signals.ts";

async function judged(given: Partial<RepositoryFacts>) {
  const collected = await signedReleases.collect(
    "pkg:github/example/tool",
    aScoreContext({ facts: aRepository(given) }),
  );
  return signedReleases.judge(collected, NOW);
}

describe("signed releases", () => {
  const signed = (...kinds: ("person" | "file" | "forge" | "none")[]) => ({
    signatures: kinds.map((kind, index) => ({
      tag: `v${index}`,
      valid: kind === "person" || kind === "forge",
      byForge: kind === "forge",
      signatureAssets: kind === "file" ? ["tool.tar.gz.asc"] : [],
    })),
  });

  it.each([
    [signed("person", "person"), 0.8],
    [signed("file"), 0.5],
    [signed("forge"), 0.3],
    [signed("none"), 0],
    [signed("person", "none"), 0.4],
    [signed("person", "person", "person", "person", "person", "none", "none"), 0.8],
  ])("%# are worth the mean of the last five", async (given, points) => {
    expect((await judged(given)).points).toBeCloseTo(points, 5);
  });

  it("are counted in words", async () => {
    expect((await judged(signed("person", "file", "forge"))).reason).toBe(
      "Of the last 3 releases 1 carry a valid signature by a person, 1 a signature file (not verified), 1 only the forge's own.",
    );
  });

  it("are unknown where there is no release", async () => {
    expect(await judged(signed())).toMatchObject({ outcome: "unknown" });
  });

  it.each([
    ["by a pinned key", {}, 0.8],
    ["by a certificate of a repository", { identity: { repository: "https://github.com/example/tool" } }, 1],
  ])("with a proof that was verified %s are worth nearly all, or all", async (_, given, worth) => {
    const proofs = [
      { kind: "openpgp", subject: "x", level: "verified", reason: "verified", at: NOW, ...given } as never,
    ];
    const releases = [aRelease({ version: "v0", tag: "v0", evidence: { proofs } })];
    const facts = aRepository(signed("none"));
    const found = await finding(signedReleases, "pkg:github/example/tool", { facts, releases });
    expect(found).toMatchObject({
      points: worth,
      reason: expect.stringContaining("1 carry a proof that was verified"),
    });
  });
});
