import { describe, expect, it } from "vitest";
import { popularity } from "../../../src/score/signals/popularity.ts";
import { NOW } from "../../support/build.ts";
import type { FakeAnswer } from "../../support/fetch.ts";
import { aRepository, aScoreContext } from "../../support/score.ts";

async function found(purl: string, given: Parameters<typeof aScoreContext>[0] = {}) {
  return popularity.judge(await popularity.collect(purl, aScoreContext(given)), NOW);
}

const hub =
  (pulls: number, badge?: string) =>
  (url: string): FakeAnswer => {
    if (url.includes("/api/search/"))
      return { body: { results: [{ name: "another/one" }, { name: "example/tool", badge }] } };
    return { body: { pull_count: pulls, star_count: 3 } };
  };

describe("the popularity", () => {
  it.each([
    [20_000, 1],
    [200_000, 1],
    [140, 0.5],
    [0, 0],
  ])("of a repository with %d stars is %f", async (stars, points) => {
    const finding = await found("pkg:github/example/tool", { facts: aRepository({ stars }) });
    expect(finding.points).toBeCloseTo(points, 2);
  });

  it("of a package is that of the repository it claims, and says so", async () => {
    const finding = await found("pkg:pypi/tool", { repositoryOf: "pkg:github/example/tool" });
    expect(finding.reason).toBe("example/tool: 5,000 stars (of example/tool, which the package claims as its source).");
  });

  it.each([
    ["pkg:docker/library/python", hub(10), 1, "python: a Docker Official Image, 10 pulls."],
    ["pkg:docker/example/tool", hub(9, "verified_publisher"), 0.8, "example/tool: from a Verified Publisher, 9 pulls."],
    [
      "pkg:docker/example/tool",
      hub(9, "verfified_publisher"),
      0.8,
      "example/tool: from a Verified Publisher, 9 pulls.",
    ],
    ["pkg:docker/example/tool", hub(9, "open_source"), 0.7, "example/tool: Docker-Sponsored Open Source, 9 pulls."],
    ["pkg:docker/example/tool", hub(100_000_000, "none"), 1, "example/tool: 100,000,000 pulls."],
    ["pkg:docker/example/tool", hub(0), 0, "example/tool: 0 pulls."],
  ])("of %s comes from Docker Hub", async (purl, answers, points, reason) => {
    const finding = await found(purl, { hub: answers });
    expect(finding.points).toBeCloseTo(points, 2);
    expect(finding.reason).toBe(reason);
  });

  it("is unknown, not zero, where Docker Hub does not answer or does not count", async () => {
    expect((await found("pkg:docker/example/tool", { hub: () => ({ status: 429 }) })).outcome).toBe("unknown");
    expect((await found("pkg:docker/example/tool", { hub: () => ({ body: {} }) })).outcome).toBe("unknown");
  });

  it("of an image elsewhere is that of its repository, where one is known", async () => {
    const image = "pkg:docker/example/tool?repository_url=quay.io";
    expect((await found(image)).outcome).toBe("unknown");
    expect((await found(image, { repositoryOf: "pkg:github/example/tool" })).outcome).toBe("good");
  });
});
