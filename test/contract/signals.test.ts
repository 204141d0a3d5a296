import { describe, expect, it } from "vitest";
import type { RepositoryFacts } from "../../src/lib/facts/repository-facts.ts";
import { Failure } from "../../src/lib/failure.ts";
import type { ScoreContext } from "../../src/score/signal.ts";
import { SIGNALS } from "../../src/score/signals.ts";
import { aVouch, LONG_AGO, NOW, WEIGHTS } from "../support/build.ts";
import { fakeFetcher } from "../support/fetch.ts";
import { aRepository, aScoreContext, generous } from "../support/score.ts";

const purls = [
  "pkg:github/example/tool",
  "pkg:githubactions/example/tool",
  "pkg:pypi/tool",
  "pkg:docker/example/tool",
  "pkg:docker/library/tool",
  "pkg:npm/tool",
  "pkg:docker/example/tool?repository_url=quay.io",
  "pkg:generic/example",
];
const down = new Failure("unavailable", "the service did not answer");
const offline: Partial<ScoreContext> = {
  fetcher: fakeFetcher(() => down),
  depsDev: { version: async () => down, dependents: async () => down },
  scorecard: async () => down,
  advisories: async () => down,
  takesMail: async () => down,
  registry: {
    tags: async () => down,
    digest: async () => down,
    content: async () => down,
    attached: async () => down,
    announce: () => undefined,
  },
};
const strange: Partial<RepositoryFacts> = {
  createdAt: "someday",
  releaseDates: ["never"],
  recentCommits: -4,
  stars: -1,
};

it("ids are distinct words", () => {
  const ids = SIGNALS.map((signal) => signal.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  const numbers = SIGNALS.map((signal) => signal.number);
  expect(numbers).toEqual(SIGNALS.map((_, index) => `P${index + 1}`));
});

describe.each(SIGNALS)("the signal $id", (signal) => {
  it("says what it asks, why, under which heading and for how long the answer holds", () => {
    expect(signal.number).toMatch(/^P\d+$/);
    expect(signal.source.length).toBeGreaterThan(2);
    expect(signal.points.length).toBeGreaterThan(10);
    expect(signal.title.length).toBeGreaterThan(5);
    expect(signal.why).toMatch(/\.$/);
    expect(Object.keys(WEIGHTS)).toContain(signal.dimension);
    expect(signal.weight).toBeGreaterThan(0);
    expect(signal.expiry).toBeGreaterThan(0);
  });

  it("gives the same finding for facts that were stored as JSON in between", async () => {
    for (const purl of purls.filter(signal.appliesTo)) {
      const collected = await signal.collect(purl, aScoreContext({ vouches: [aVouch({ upstream: purl })] }));
      if (collected instanceof Failure) continue;
      const stored = JSON.parse(JSON.stringify(collected)) as typeof collected;
      expect(signal.judge(stored, NOW)).toEqual(signal.judge(collected, NOW));
    }
  });

  it("finds something, in points from 0 to 1, as a sentence with evidence", async () => {
    const purl = purls.filter(signal.appliesTo).find((one) => signal.id !== "curated" || one.includes("library")) ?? "";
    const context = aScoreContext({ vouches: [aVouch({ upstream: purl })], ...generous });
    const earlier = await signal.collect(purl, { ...context, now: LONG_AGO });
    const finding = signal.judge(await signal.collect(purl, context, earlier), NOW);
    expect(finding).toMatchObject({ signal: signal.id, outcome: "good", observedAt: NOW });
    expect(finding.points).toBeGreaterThanOrEqual(0.5);
    expect(finding.points).toBeLessThanOrEqual(1);
    expect(finding.reason).toMatch(/^[A-Za-z0-9].{10,}/);
    expect(finding.evidence.length).toBeGreaterThan(0);
    expect(finding.evidence.every((one) => one.observedAt === NOW && one.source !== "")).toBe(true);
  });

  it.each([
    ["without a token, repository or network", { github: undefined, ...offline }],
    [
      "with a failing GitHub",
      { ...offline, github: aScoreContext({ facts: new Failure("unavailable", "GitHub is down") }).github },
    ],
  ])("%s nothing is known: neither zero nor good", async (_, given) => {
    for (const purl of purls.filter(signal.appliesTo)) {
      const finding = signal.judge(await signal.collect(purl, { ...aScoreContext(), ...given }), NOW);
      expect(["unknown", "not-applicable"], `${purl}: ${finding.reason}`).toContain(finding.outcome);
      expect(finding).toMatchObject({ points: 0, evidence: [] });
      expect(finding.reason.length).toBeGreaterThan(10);
    }
  });

  it("judges stored facts of another shape as unknown", () => {
    for (const facts of [undefined, null, 3, {}, { releases: "many", vouches: 2 }]) {
      expect(signal.judge({ facts, source: "somewhere", at: LONG_AGO }, NOW).outcome).toBe("unknown");
    }
  });

  it("never throws, whatever GitHub says or does", async () => {
    const throwing = { facts: () => Promise.reject(new Error("broken pipe")) };
    const github = { ...aScoreContext().github, ...throwing } as NonNullable<ScoreContext["github"]>;
    for (const context of [aScoreContext({ facts: aRepository(strange) }), { ...aScoreContext(), github }]) {
      const [purl = ""] = purls.filter(signal.appliesTo);
      const finding = signal.judge(await signal.collect(purl, context), NOW);
      expect(finding.points).toBeGreaterThanOrEqual(0);
      expect(finding.points).toBeLessThanOrEqual(1);
    }
  });
});

describe.each(SIGNALS.filter(({ looksAtVersions }) => looksAtVersions !== undefined))(
  "the signal $id, for which a plan need not read versions",
  (signal) => {
    const mine = purls.filter(signal.appliesTo);
    const unread = signal.looksAtVersions === "never" ? mine : mine.filter((purl) => !purl.startsWith("pkg:github"));

    it.each(unread)("looks at none of %s", async (purl) => {
      const looked: string[] = [];
      const releasesOf = (asked: string) => {
        looked.push(asked);
        return [];
      };
      await signal.collect(purl, { ...aScoreContext(), repositoryOf: async () => undefined, releasesOf });
      if (signal.looksAtVersions === "never") await signal.collect(purl, { ...aScoreContext(), releasesOf });
      expect(looked).toEqual([]);
    });
  },
);
