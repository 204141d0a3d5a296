import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../../src/config.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { replayIncident } from "../../../src/flow/replay/replay.ts";
import { readIncidents } from "../../../src/flow/replay/replay-file.ts";
import { summarise } from "../../../src/flow/replay/replay-summary.ts";
import { isFailure } from "../../../src/lib/failure.ts";

const POLICY = defaultPolicy();

function replay(value: unknown) {
  const incidents = readIncidents(JSON.stringify(value), "f.json");
  if (isFailure(incidents)) throw incidents;
  return incidents.flatMap((incident) => replayIncident(incident, POLICY));
}

const START = "2026-01-01T00:00:00.000Z";
const on = (day: number) => plus(START, day * DAY);
const usual = [0, 10, 20, 30, 40].map((day, index) => ({ version: `1.${index}.0`, publishedAt: on(day) }));
const bad = { version: "1.5.0", publishedAt: on(50) };
const incident = { upstream: "pkg:pypi/tool", publicAt: on(51), candidate: "1.5.0", releases: [...usual, bad] };

describe("replaying", () => {
  it("the examples of the documentation gives what they are made to show", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../docs/examples/incidents.json"), "utf8");
    const replayed = replay(JSON.parse(text));
    expect(replayed.map(({ candidate, outcome, verdict }) => [candidate, outcome, verdict])).toEqual([
      ["v45.0.0", "hold", "block"],
      ["8.3.41", "hold", "hold"],
      ["1.82.8", "hold", "hold"],
      ["v5.6.0", "missed", "propose"],
      ["1.0.0", "proposed", "propose"],
      ["1.1.0", "proposed", "propose"],
      ["1.2.0", "proposed", "propose"],
      ["1.3.0", "proposed", "propose"],
    ]);
    expect(summarise(replayed)).toEqual({
      incidents: { total: 4, hold: 3, wait: 0, missed: 1 },
      others: { total: 4, proposed: 4, hold: 0, holdRate: 0, heldBack: 0, heldBy: {}, medianDelayDays: { pypi: 3 } },
    });
  });

  it("separates what a hold stops from what only waits and what is missed", () => {
    const untagged = { ...bad, tagExists: false };
    const tagged = usual.map((one) => ({ ...one, tagExists: true }));
    const outcomes = [
      replay({ ...incident, releases: [...tagged, untagged] }),
      replay(incident),
      replay({ ...incident, publicAt: on(54) }),
      replay({ ...incident, publicAt: undefined }),
    ];
    expect(outcomes.map(([one]) => one?.outcome)).toEqual(["hold", "wait", "missed", "proposed"]);
  });

  it("looks at a known version again when its content changes, by whatever is on record of that", () => {
    const upstream = "pkg:github/example/tool";
    const changes = [
      { movedAt: on(90) },
      { commit: "a", observations: [{ at: on(90), commit: "b" }] },
      {
        assets: [{ name: "a.tgz", digest: "1" }],
        observations: [{ at: on(90), assets: [{ name: "a.tgz", digest: "2" }] }],
      },
      { replacedAt: on(90) },
    ];
    for (const change of changes) {
      const [one] = replay({ ...incident, upstream, publicAt: on(91), releases: [...usual, { ...bad, ...change }] });
      expect(one).toMatchObject({ outcome: "hold", verdict: "block", badFrom: on(90), rules: ["content-changed"] });
      expect(one?.timeline.map(({ decision }) => decision.verdict)).toEqual(["wait", "propose", "block"]);
    }
  });

  it.each([
    ["another size", { size: 10 }, { size: 20 }],
    ["a later upload", { updatedAt: on(50) }, { updatedAt: on(90) }],
    ["another uploader", { uploader: "ann" }, { uploader: "eve" }],
  ])("sees a file without digests replaced by %s", (_, before, after) => {
    const file = (given: object) => [{ name: "a.tgz", ...given }];
    const release = { ...bad, assets: file(before), observations: [{ at: on(90), assets: file(after) }] };
    const upstream = "pkg:github/example/tool";
    const [one] = replay({ ...incident, upstream, publicAt: on(91), releases: [...usual, release] });
    expect(one).toMatchObject({ outcome: "hold", verdict: "block", rules: ["content-changed"] });
  });

  it("knows no file before it was uploaded, and no yank without a date where nothing was made public", () => {
    const files = [
      { filename: "tool-1.5.0.tar.gz", upload_time: on(50) },
      { filename: "tool-1.5.0-cp314-cp314-win_amd64.whl", upload_time: on(90) },
    ];
    const releases = [...usual, { ...bad, state: "yanked", files }];
    const [benign] = replay({ ...incident, publicAt: undefined, releases });
    expect(benign).toMatchObject({ outcome: "proposed", delayDays: 3 });
    const [late] = replay({ ...incident, publicAt: on(91), badFrom: on(90), releases });
    expect(late).toMatchObject({ outcome: "hold", rules: ["late-files"] });
  });

  it("takes a version that is written twice for one release that was seen twice", () => {
    const upstream = "pkg:github/example/tool";
    const twice = [
      { ...bad, commit: "a" },
      { version: "1.5.0", firstSeenAt: on(90), commit: "b" },
    ];
    const [one, ...others] = replay({ ...incident, upstream, publicAt: on(91), releases: [...usual, ...twice] });
    expect([one?.rules, others]).toEqual([["content-changed"], []]);
  });

  it("finds a candidate by its tag, with a v or without, and in the package URL", () => {
    const tagged = { ...bad, tag: "v1.5.0", tagExists: false };
    const releases = [...usual.map((one) => ({ ...one, tagExists: true })), tagged];
    for (const candidate of ["1.5.0", "v1.5.0"])
      expect(replay({ ...incident, candidate, releases })).toMatchObject([{ candidate: "1.5.0", outcome: "hold" }]);
    expect(replay({ ...incident, candidate: undefined, upstream: "pkg:pypi/tool@1.2.0", releases })).toMatchObject([
      { candidate: "1.2.0" },
    ]);
  });

  it("takes a candidate without a date for as old as the news of it", () => {
    const { publishedAt: _, ...undated } = bad;
    const tagged = usual.map((one) => ({ ...one, tagExists: true }));
    const outcomes = [undated, { ...undated, tagExists: false }].map(
      (one) => replay({ ...incident, releases: [...tagged, one] })[0]?.outcome,
    );
    expect(outcomes).toEqual(["wait", "hold"]);
  });

  it("says of what was made public at once what it said at first sight", () => {
    const releases = [...usual.map((one) => ({ ...one, tagExists: true })), { ...bad, tagExists: false }];
    expect(replay({ ...incident, publicAt: on(50), releases })).toMatchObject([
      { outcome: "hold", rules: ["tag-missing"] },
    ]);
    expect(replay({ ...incident, publicAt: on(49), releases })).toMatchObject([{ outcome: "hold" }]);
  });

  it("counts what was held for a time apart from what is held to the end", () => {
    const releases = [...usual.map((one) => ({ ...one, tagExists: true })), { ...bad, tagExists: false }];
    const { others } = summarise(replay({ ...incident, publicAt: undefined, releases }));
    expect(others).toMatchObject({ total: 1, proposed: 1, hold: 0, heldBack: 1 });
  });

  it("takes content that was put back for what it should be", () => {
    const upstream = "pkg:generic/example-script";
    const observations = [60, 62, 80].map((day, index) => ({ at: on(day), digest: ["bad", "good", "worse"][index] }));
    const release = { version: "latest", publishedAt: on(0), digest: "good", observations };
    const [one] = replay({ upstream, publicAt: on(120), releases: [release] });
    expect(one).toMatchObject({ outcome: "hold", rules: ["content-changed"] });
    expect(one?.timeline.map(({ at, decision }) => [at, decision.verdict])).toEqual([
      [on(0), "wait"],
      [on(7), "propose"],
      [on(60), "hold"],
      [on(62), "wait"],
      [on(69), "propose"],
      [on(80), "hold"],
      [plus(on(120), -60_000), "hold"],
    ]);
  });

  it("compares with the line that a version follows, where nobody says what is installed", () => {
    const releases = [...usual, { version: "2.0.0", publishedAt: on(45) }, bad];
    const rules = (value: object) =>
      replay(value).flatMap(({ timeline }) =>
        timeline.flatMap(({ decision }) => decision.reasons.map(({ rule }) => rule)),
      );
    expect(rules({ ...incident, releases })).not.toContain("major-step");
    expect(rules({ ...incident, candidate: "2.0.0", releases })).toContain("major-step");
  });

  it("knows nothing before it was known", () => {
    const advisories = [{ id: "MAL-2026-1", publishedAt: on(52) }];
    const [one] = replay({
      ...incident,
      publicAt: on(53),
      advisories,
      releases: [...usual, { ...bad, state: "yanked" }],
    });
    const verdictAt = (moment: string) => one?.timeline.filter(({ at }) => at <= moment).at(-1)?.decision.verdict;
    expect([verdictAt(on(51)), verdictAt(on(52))]).toEqual(["wait", "block"]);
    expect(one?.timeline.at(-1)?.decision.reasons.map(({ rule }) => rule)).toContain("withdrawn");
  });

  it("waits as the policy says, longer for a project of little trust, for a fix only until it stood still for an hour", () => {
    const delay = (given: object) => replay({ ...incident, publicAt: undefined, ...given })[0]?.delayDays;
    expect(delay({})).toBe(3);
    expect(delay({ upstream: "pkg:github/example/tool" })).toBe(7);
    expect(delay({ trust: "weak" })).toBe(6);
    expect(delay({ advisories: [{ id: "GHSA-1", severity: "high", publishedAt: on(1), affects: ["1.4.0"] }] })).toBe(
      1 / 24,
    );
  });

  it("of releases of which nothing but dates is known gives waits only", () => {
    const upstream = fc.constantFrom("pkg:pypi/tool", "pkg:github/a/b", "pkg:docker/a/b", "pkg:npm/a");
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(upstream, days, (purl, published) => {
        const releases = published
          .toSorted((a, b) => a - b)
          .map((day, index) => ({ version: `1.${index}.0`, publishedAt: on(day) }));
        const verdicts = replay({ upstream: purl, candidate: "*", releases }).flatMap(({ timeline }) =>
          timeline.map(({ decision }) => decision.verdict),
        );
        return verdicts.every((verdict) => verdict === "wait" || verdict === "propose");
      }),
    );
  });

  /** Everything that a record may hold, the same for every release but what must differ. */
  const constant = (index: number) => ({
    signature: { state: "VALID", key: "OWNER" },
    fileSignature: { state: "VALID", key: "OWNER" },
    provenance: { repository: "example/tool", workflow: "publish.yml" },
    publisher: {
      repository: "example/tool",
      workflow: "publish.yml",
      environment: "pypi",
      ref: `refs/tags/v1.${index}.0`,
    },
    account: "owner",
    maintainers: ["owner", "helper"],
    uploader: "owner",
    onBranch: true,
    tagExists: true,
    commit: `c${index}`,
    digest: `d${index}`,
    dependencies: [{ name: "left", ageDays: 900 }],
    installCode: { pth: [], scripts: [], setup: "none", buildBackend: "hatchling.build" },
    checksums: "match",
    repository: { id: 1, ownerId: 2, name: "example/tool" },
  });
  const FIELDS = Object.keys(constant(0));
  const upstreams = fc.constantFrom("pkg:pypi/tool", "pkg:github/a/b", "pkg:docker/a/b", "pkg:npm/a", "pkg:gem/a");

  it("holds nothing for what is missing: any part of the facts of any release may be unknown", () => {
    const masks = fc.array(fc.subarray(FIELDS), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(upstreams, masks, (upstream, hidden) => {
        const releases = hidden.map((fields, index) => {
          const known = Object.entries(constant(index)).filter(([name]) => !fields.includes(name));
          return { version: `1.${index}.0`, publishedAt: on(10 * index), ...Object.fromEntries(known) };
        });
        return replay({ upstream, candidate: "*", releases }).every(({ outcome }) => outcome === "proposed");
      }),
      { numRuns: 60 },
    );
  });

  it("holds no single lapse of a project that often lapses", () => {
    const lapses = fc.constantFrom<Record<string, unknown>>(
      { tagExists: false },
      { provenance: "none" },
      { signature: "UNSIGNED" },
      { onBranch: false },
      { fileSignature: "none" },
    );
    fc.assert(
      fc.property(lapses, fc.integer({ min: 2, max: 5 }), (lapse, every) => {
        const releases = Array.from({ length: 24 }, (_, index) => ({
          version: `1.${index}.0`,
          publishedAt: on(10 * index),
          ...constant(index),
          ...(index % every === 1 && lapse),
        }));
        const last = releases.findLast((_, index) => index % every === 1)?.version;
        return replay({ upstream: "pkg:pypi/tool", candidate: last, releases }).every(
          ({ outcome }) => outcome === "proposed",
        );
      }),
    );
  });

  it("holds a release that two habits of its project would hide: a new key, off its branches", () => {
    const habits = Array.from({ length: 24 }, (_, index) => ({
      version: `1.${index}.0`,
      publishedAt: on(10 * index),
      signature: { state: "VALID", key: `KEY${Math.floor(index / 3)}` },
      onBranch: index % 4 !== 1,
    }));
    const outcomes = [
      { key: "KEY7", onBranch: false },
      { key: "STRANGER", onBranch: true },
      { key: "STRANGER", onBranch: false },
    ].map(({ key, onBranch }) => {
      const last = { version: "1.24.0", publishedAt: on(240), signature: { state: "VALID", key }, onBranch };
      return replay({ upstream: "pkg:github/example/tool", candidate: "1.24.0", releases: [...habits, last] })[0];
    });
    expect(outcomes.map((one) => one?.outcome)).toEqual(["proposed", "proposed", "hold"]);
    expect(outcomes.at(-1)?.rules).toEqual(["several-warnings"]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["pypi", { account: "stranger", provenance: "none" }],
    ["pypi", { publisher: false, provenance: undefined }],
    ["pypi", { tagExists: false }],
    ["pypi", { publisher: { repository: "stranger/tool", workflow: "publish.yml" }, provenance: undefined }],
    ["pypi", { installCode: { pth: ["tool.pth"] } }],
    [
      "pypi",
      {
        dependencies: [
          { name: "left", ageDays: 900 },
          { name: "fresh", ageDays: 2 },
        ],
      },
    ],
    ["pypi", { mailDomains: { "tool.example": on(135) } }],
    ["pypi", { maintainers: ["stranger"] }],
    ["npm", { account: "stranger" }],
    ["npm", { provenance: "none", installCode: { scripts: ["postinstall"] } }],
    ["github", { signature: { state: "VALID", key: "STRANGER" } }],
    ["github", { signature: "UNSIGNED" }],
    ["github", { onBranch: false }],
    ["github", { account: "stranger" }],
    ["github", { author: "stranger", account: undefined }],
    ["github", { fileSignature: "none" }],
    ["github", { repository: { id: 99, name: "example/tool" } }],
    ["github", { checksums: { mismatches: ["a.tgz"] } }],
    ["docker", { origin: { release: false }, tagExists: false }],
  ])("of %s a takeover that shows as %j is held or blocked, with the rest known or not", (kind, change) => {
    for (const bare of [false, true]) {
      const wanted = bare ? [...Object.keys(change), ...(("publisher" in change && ["provenance"]) || [])] : FIELDS;
      const kept = (index: number) =>
        Object.fromEntries(
          Object.entries({ ...constant(index), origin: { release: true } }).filter(
            ([name]) => wanted.includes(name) || name in change,
          ),
        );
      const history = Array.from({ length: 12 }, (_, index) => ({
        version: `1.${index}.0`,
        publishedAt: on(10 * index),
        ...kept(index),
      }));
      const upstream = kind === "pypi" ? "pkg:pypi/tool" : `pkg:${kind}/example/tool`;
      const releases = [...history, { version: "1.12.0", publishedAt: on(140), ...kept(12), ...change }];
      const [one] = replay({ upstream, candidate: "1.12.0", publicAt: on(141), releases });
      expect([bare, one?.outcome]).toEqual([bare, "hold"]);
    }
  });

  it("gives the record of each word against a release", () => {
    const releases = [...usual.map((one) => ({ ...one, tagExists: true })), { ...bad, tagExists: false }];
    const record = replay({ ...incident, releases })[0]?.timeline[0]?.records.find(({ rule }) => rule === "R3");
    expect(record).toMatchObject({
      level: "hold",
      observed: "no tag, release or run",
      expected_from_history: "5 of the last 5 releases had one",
      compared_versions: ["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"],
      first_seen_at: on(50),
      source: { locator: "pkg:pypi/tool" },
    });
  });
});
