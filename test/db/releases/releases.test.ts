import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pruneObservations } from "../../../src/db/releases/observations.ts";
import { putDetails, recordReleases } from "../../../src/db/releases/record-releases.ts";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { observations } from "../../../src/db/schema/releases.ts";
import { asc } from "../../../src/db/sql/orm.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { ObservedRelease } from "../../../src/domain/release.ts";
import { anObservedRelease, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const PURL = "pkg:github/example/tool";
const LATER = plus(NOW, 3_600_000);
const dayOf = (day: number) => ({ now: plus(NOW, day * DAY) });

describe.each(STORES)("releases on the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  async function record(
    versions: readonly Partial<ObservedRelease>[],
    given: { now?: string; baseline?: boolean; complete?: boolean; tagTemplates?: string[] } = {},
  ) {
    const { now = NOW, ...options } = given;
    const releases = versions.map(anObservedRelease);
    const said = new Map([[PURL, { baseline: false, complete: false, releases, ...options }]]);
    const changes = await store.db.transaction((tx) => recordReleases(tx, said, now));
    return changes.get(PURL) ?? [];
  }

  it("come back as they were seen, newest first", async () => {
    const full = anObservedRelease({
      version: "2.0.0",
      tag: "v2.0.0",
      publishedAt: "2026-10-01T00:00:00.000Z",
      state: "yanked",
      stateReason: "broken",
      digests: { index: "sha256:1" },
      assets: [{ name: "tool", size: 3, digest: "sha256:2", updatedAt: NOW }],
      commit: "c",
      notesUrl: "https://example.org/2",
      notes: "## 2\n\ntext",
    });
    await record([{ version: "1.0.0" }, full]);
    const [first, second] = await releasesOf(store.db, PURL);
    const seen = { upstream: PURL, firstSeenAt: NOW, contentFirstSeenAt: NOW, baseline: false, earlierContent: [] };
    expect(first).toEqual({ ...full, ...seen });
    expect(second?.version).toBe("1.0.0");
  });

  it("that are pushed every day lose what is older than it is kept, but not what was there at first", async () => {
    for (let day = 0; day < 6; day++)
      await record([{ tag: "latest", digests: { index: `sha256:${day}` } }], dayOf(day));
    await record([{ version: "1.1.0" }], dayOf(0));
    const before = await releasesOf(store.db, PURL);
    expect(before.find(({ tag }) => tag === "latest")?.earlierContent).toHaveLength(5);
    expect(await pruneObservations(store.db, plus(NOW, 3 * DAY))).toBe(2);
    const after = await releasesOf(store.db, PURL);
    const digests = after.find(({ tag }) => tag === "latest")?.earlierContent.map((one) => one.digests.index);
    expect(digests).toEqual(["sha256:0", "sha256:3", "sha256:4"]);
    expect(await pruneObservations(store.db, plus(NOW, 3 * DAY))).toBe(0);
    const kinds = await store.db.select({ kind: observations.kind }).from(observations).orderBy(asc(observations.id));
    expect(kinds.filter(({ kind }) => kind === "first-seen")).toHaveLength(2);
  });

  it("keep their first sight when they are seen again, and restart the content's clock when content changes", async () => {
    await record([{ commit: "a" }]);
    const changes = await record([{ commit: "b" }], { now: LATER });
    expect(changes).toEqual([expect.objectContaining({ kind: "content", tag: "1.0.0", since: NOW })]);
    await record([{ commit: "c" }], { now: plus(LATER, 1000) });
    expect(await releasesOf(store.db, PURL)).toEqual([
      expect.objectContaining({
        firstSeenAt: NOW,
        contentFirstSeenAt: plus(LATER, 1000),
        earlierContent: [
          { seenAt: NOW, commit: "a", digests: {} },
          { seenAt: LATER, commit: "b", digests: {} },
        ],
      }),
    ]);
  });

  it("are observed in order, and nothing is observed twice", async () => {
    await record([{ commit: "a" }]);
    await record([{ commit: "a" }], { now: LATER });
    await record([{ commit: "b", state: "yanked" }], { now: LATER });
    const rows = await store.db.select().from(observations).orderBy(asc(observations.id));
    expect(rows.map(({ kind, seenAt }) => [kind, seenAt])).toEqual([
      ["first-seen", NOW],
      ["content", LATER],
      ["state", LATER],
    ]);
  });

  it("are one observation at the first look, and one each from then on", async () => {
    await record([{ tag: "1", commit: "a" }, { tag: "2" }], { baseline: true });
    await record([{ tag: "3", commit: "c" }], { now: LATER });
    const rows = await store.db.select().from(observations).orderBy(asc(observations.id));
    expect(rows.map(({ kind, tag, seenAt, change }) => ({ kind, tag, seenAt, change }))).toEqual([
      { kind: "first-look", tag: "", seenAt: NOW, change: { seen: { 1: { commit: "a" }, 2: {} } } },
      { kind: "first-seen", tag: "3", seenAt: LATER, change: { baseline: false, content: { commit: "c" } } },
    ]);
  });

  it("are stored as they are named and described, whatever characters that takes", async () => {
    const texts = ['"', "\\", '\\"', "a,b", "{}", "NULL", "null", " a ", "a\nb\tc", "'; --", "é 漢 🦊", "$1"];
    const told = texts.map((text) => {
      return { tag: `t${text}`, version: text, notes: text, assets: [{ name: text, digest: text }] };
    });
    await record(told);
    await record(told, { now: LATER });
    const stored = await releasesOf(store.db, PURL);
    expect(stored).toHaveLength(told.length);
    for (const one of told) {
      expect(stored).toContainEqual(expect.objectContaining({ ...one, contentFirstSeenAt: NOW }));
    }
  });

  it("are deleted when two complete answers in a row do not name them", async () => {
    await record([{ version: "1.0.0" }, { version: "2.0.0" }]);
    expect(await record([{ version: "2.0.0" }], { complete: true })).toEqual([{ kind: "missing", tag: "1.0.0" }]);
    await record([], { complete: false });
    await record([{ version: "2.0.0" }], { complete: true });
    const states = (await releasesOf(store.db, PURL)).map(({ version, state }) => [version, state]);
    expect(states).toEqual([
      ["2.0.0", "released"],
      ["1.0.0", "deleted"],
    ]);
  });

  it("are not missing where their kind of tag was not asked for", async () => {
    await record([{ version: "1.0.0", tag: "cli-1.0.0" }]);
    expect(await record([], { complete: true, now: LATER, tagTemplates: ["v{version}"] })).toEqual([]);
  });

  it("take notes and assets that are fetched later, and notice when an asset is replaced", async () => {
    await record([{ version: "1.0.0" }]);
    const detail = {
      tag: "1.0.0",
      notes: "text",
      url: "https://example.org/1",
      assets: [{ name: "t", digest: "sha256:1" }],
    };
    expect(await putDetails(store.db, PURL, [detail], NOW)).toEqual([]);
    await record([{ version: "1.0.0" }]);
    expect(await releasesOf(store.db, PURL)).toEqual([
      expect.objectContaining({ notes: "text", assets: detail.assets }),
    ]);
    const { assets, ...noted } = { ...detail, notes: "another text" };
    expect(await putDetails(store.db, PURL, [noted], NOW)).toEqual([]);
    expect(await releasesOf(store.db, PURL)).toEqual([expect.objectContaining({ notes: "another text", assets })]);
    const replaced = { ...detail, assets: [{ name: "t", digest: "sha256:2" }] };
    expect(await putDetails(store.db, PURL, [replaced], LATER)).toEqual([expect.objectContaining({ kind: "content" })]);
  });

  it("survive what hostile upstreams write", async () => {
    const notes = "nul \0, half \ud83d, quote ' and \\u0000";
    const assets = [{ name: "a\0\ud800", digest: "sha256:1" }];
    await record([
      { version: "1.0.0", notes, assets, publishedAt: "+275760-09-13T00:00:00.000Z" },
      { version: "2.0.0", tag: "2\0" },
      { version: "3.0.0", tag: "'; drop schema headgate; --" },
    ]);
    const stored = await releasesOf(store.db, PURL);
    expect(stored.map(({ version }) => version).sort()).toEqual(["1.0.0", "3.0.0"]);
    const first = stored.find(({ version }) => version === "1.0.0");
    expect(first).toMatchObject({
      notes: "nul \uFFFD, half \uFFFD, quote ' and \\u0000",
      assets: [{ name: "a\uFFFD\uFFFD" }],
    });
    expect(first).not.toHaveProperty("publishedAt");
  });

  it("are recorded once when two pollers answer at the same moment", async () => {
    const many = Array.from({ length: 1200 }, (_, index) => ({ version: `1.0.${index}` }));
    const both = await Promise.all([record(many), record(many)]);
    expect(both.map((changes) => changes.length).sort()).toEqual([0, 1200]);
    expect(await releasesOf(store.db, PURL)).toHaveLength(1200);
  });
});
