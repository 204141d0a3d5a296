import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { RepositoryFacts } from "../../../src/lib/facts/repository-facts.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { releaseCadence } from "../../../src/score/signals/release-cadence.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { aRepository, aScoreContext } from "../../support/score.ts";
import { finding } from "../../support/signals.ts";

async function judged(given: Partial<RepositoryFacts>) {
  const collected = await releaseCadence.collect(
    "pkg:github/example/tool",
    aScoreContext({ facts: aRepository(given) }),
  );
  return releaseCadence.judge(collected, NOW);
}

const repositoryOf = "pkg:github/example/tool";

describe("the rhythm of releases", () => {
  const every30Days = (newest: number) => [0, 30, 60, 90].map((day) => plus(NOW, -(newest + day) * DAY));

  it.each([
    [60, 1],
    [61, 0.7],
    [121, 0.4],
    [241, 0.2],
  ])("after %d days of silence is worth %f", async (days, points) => {
    expect(await judged({ releaseDates: every30Days(days) })).toMatchObject({ points });
  });

  it("does not depend on the order in which the dates come", async () => {
    const releaseDates = every30Days(61).reverse();
    expect(await judged({ releaseDates })).toMatchObject({ points: 0.7 });
  });

  it("needs four releases", async () => {
    const releaseDates = every30Days(1).slice(1);
    expect(await judged({ releaseDates })).toMatchObject({ outcome: "unknown", points: 0 });
  });

  it("of a project that releases many times a day is measured in days", async () => {
    const releaseDates = [1, 2, 3, 4].map((hour) => plus(NOW, -30 * 3_600_000 - hour * 60_000));
    expect(await judged({ releaseDates })).toMatchObject({ points: 1 });
  });

  it("of a package is that of its registry's clock", async () => {
    const releases = every30Days(241).map((publishedAt, index) =>
      aRelease({ version: `1.${index}`, publishedAt, publishedBy: "registry" }),
    );
    const found = await finding(releaseCadence, "pkg:pypi/tool", { releases });
    expect(found).toMatchObject({ points: 0.2, evidence: [{ source: "the registry's own times" }] });
  });

  it.each([
    ["whose repository is not known", new Failure("not-found", "no repository"), 0.2],
    ["whose repository has no releases", aRepository({ releaseDates: [] }), 0.2],
    ["whose repository has its own", aRepository({ releaseDates: every30Days(1) }), 1],
  ])("of an image %s", async (_, facts, points) => {
    const releases = every30Days(241).flatMap((publishedAt, index) =>
      ["", "-alpine"].map((flavour) =>
        aRelease({ version: `1.${index}${flavour}`, publishedAt, publishedBy: "registry" }),
      ),
    );
    expect(await finding(releaseCadence, "pkg:docker/example/tool", { releases, facts, repositoryOf })).toMatchObject({
      points,
    });
  });

  it("of an image is not guessed while GitHub does not answer", async () => {
    const releases = every30Days(1).map((publishedAt) => aRelease({ publishedAt, publishedBy: "registry" }));
    const facts = new Failure("unavailable", "GitHub does not answer");
    const collected = await releaseCadence.collect(
      "pkg:docker/example/tool",
      aScoreContext({ facts, releases, repositoryOf }),
    );
    expect(collected).toMatchObject({ code: "unavailable" });
  });
});
