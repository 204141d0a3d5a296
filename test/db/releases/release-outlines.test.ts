import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordReleases } from "../../../src/db/releases/record-releases.ts";
import { releaseOutlines } from "../../../src/db/releases/release-outlines.ts";
import { releasesOfEach, taggedReleases } from "../../../src/db/releases/releases.ts";
import { plus } from "../../../src/domain/instant.ts";
import { outlineOf } from "../../../src/domain/integrity/content-history.ts";
import type { ObservedRelease } from "../../../src/domain/release.ts";
import { anObservedRelease, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const PURLS = ["pkg:github/example/tool", "pkg:pypi/tool", "pkg:docker/example/tool"];

const asset = fc.record(
  {
    name: fc.constantFrom("a.tar.gz", "b.whl"),
    digest: fc.constantFrom("sha256:1", "sha256:2"),
    uploader: fc.constantFrom("ann", "ben"),
  },
  { requiredKeys: ["name"] },
);
const release = fc
  .record(
    {
      version: fc.constantFrom("1.0.0", "1.1.0", "2.0.0", "2.0.0-rc.1"),
      publishedAt: fc.constantFrom(NOW, plus(NOW, -3_600_123)),
      publishedBy: fc.constantFrom("registry", "publisher"),
      state: fc.constantFrom("released", "prerelease", "yanked", "deprecated"),
      stateReason: fc.constantFrom("broken"),
      commit: fc.constantFrom("c0", "c1"),
      digests: fc.constantFrom({}, { index: "sha256:1" }, { index: "sha256:2" }),
      assets: fc.uniqueArray(asset, { selector: ({ name }) => name }),
      notes: fc.constantFrom("## Notes"),
      evidence: fc.constantFrom({ account: "ann" }, { origin: { tag: true } }),
    },
    { requiredKeys: ["version"] },
  )
  .map((given) => anObservedRelease(given as Partial<ObservedRelease>));
const answer = fc.uniqueArray(release, { selector: ({ tag }) => tag });
/** What three upstreams say at three looks. */
const looks = fc.array(fc.tuple(answer, answer, answer), { minLength: 1, maxLength: 3 });

describe.each(STORES)("outlines of releases in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  it("say what the whole releases say, whatever upstreams said of them", async () => {
    await fc.assert(
      fc.asyncProperty(looks, async (said) => {
        await emptyTables(store.db);
        for (const [index, answers] of said.entries()) {
          const all = answers.map(
            (releases, at) => [PURLS[at] ?? "", { baseline: index === 0, complete: false, releases }] as const,
          );
          await store.db.transaction((tx) => recordReleases(tx, new Map(all), plus(NOW, index * 1_000)));
        }
        const whole = await releasesOfEach(store.db, PURLS);
        const outlines = await releaseOutlines(store.db, PURLS);
        expect(outlines).toEqual(new Map([...whole].map(([purl, all]) => [purl, all.map(outlineOf)])));
      }),
      { numRuns: 8 },
    );
  });

  it("are completed by name, and only those", async () => {
    const releases = ["1.0.0", "1.1.0"].map((version) => anObservedRelease({ version }));
    const said = { baseline: false, complete: false, releases };
    const both = new Map(PURLS.slice(0, 2).map((purl) => [purl, said]));
    await store.db.transaction((tx) => recordReleases(tx, both, NOW));
    const found = await taggedReleases(store.db, new Map([[PURLS[1] ?? "", ["1.1.0", "9.9.9"]]]));
    expect(found).toEqual((await releasesOfEach(store.db, PURLS)).get(PURLS[1] ?? "")?.slice(0, 1));
    expect(await taggedReleases(store.db, new Map())).toEqual([]);
  });
});
