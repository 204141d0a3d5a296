import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { passedReleases } from "../../../src/db/releases/passed-releases.ts";
import { recordReleases } from "../../../src/db/releases/record-releases.ts";
import { anObservedRelease, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const PURL = "pkg:github/example/tool";

describe.each(STORES)("versions that are passed by, in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  it("have what is told of them, and neither files nor proofs", async () => {
    const sources = { notes: { kind: "release", locator: "https://example.org/2", fetchedAt: NOW } };
    const told = { version: "2.0.0", tag: "v2.0.0", notes: "## Notes", notesUrl: "https://example.org/2" };
    const rest = { assets: [{ name: "a.tar.gz" }], digests: { index: "sha256:1" }, tree: "t0" };
    const releases = [
      anObservedRelease({ ...told, ...rest, publishedAt: NOW, evidence: { account: "ann", sources } }),
      anObservedRelease({ version: "1.1.0", tag: "v1.1.0", evidence: { account: "ann" } }),
      anObservedRelease({ version: "1.0.0", tag: "v1.0.0" }),
    ];
    const all = new Map([[PURL, { baseline: true, complete: false, releases }]]);
    await store.db.transaction((tx) => recordReleases(tx, all, NOW));
    const found = await passedReleases(store.db, new Map([[PURL, ["v2.0.0", "v1.1.0", "v0.9.0"]]]));
    const [old, whole] = found.toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
    expect(found).toHaveLength(2);
    expect(whole).toMatchObject({ upstream: PURL, ...told, publishedAt: NOW, firstSeenAt: NOW, evidence: { sources } });
    expect(Object.keys(whole ?? {})).not.toContain("assets");
    expect(Object.keys(whole ?? {})).not.toContain("digests");
    expect(whole?.evidence).toEqual({ sources });
    expect(old?.evidence).toEqual({});
  });

  it("are none where none is asked for", async () => {
    expect(await passedReleases(store.db, new Map())).toEqual([]);
  });
});
