import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { appendEvent, eventsSince } from "../../../src/db/deliveries/events.ts";
import { blobCache, pruneBlobs } from "../../../src/db/projects/blobs.ts";
import { pruneRefs, recordRefs, refsOf } from "../../../src/db/releases/refs.ts";
import { getMeta, instanceId, setMeta } from "../../../src/db/service/meta.ts";
import { factsOf, freshIn, lastIn, putAllFacts, putFacts } from "../../../src/db/upstreams/facts.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import type { Ref } from "../../../src/domain/release.ts";
import { Failure } from "../../../src/lib/failure.ts";
import { NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const PURL = "pkg:github/example/tool";
const STARS = { subject: PURL, signal: "stars" };
const LATER = plus(NOW, HOUR);

async function freshFacts(db: TestDatabase["db"], subject: string, signal: string, now: string) {
  return freshIn(await factsOf(db, [subject]), subject, signal, now);
}

describe.each(STORES)("what was observed, on the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  it("facts hold until they expire, and are replaced by newer ones", async () => {
    const facts = { facts: { stars: 3, names: ["a"] }, source: "https://example.org", at: NOW };
    await putFacts(store.db, { ...STARS, collected: facts, expiresAt: LATER });
    expect(await freshFacts(store.db, PURL, "stars", NOW)).toEqual(facts);
    expect(await freshFacts(store.db, PURL, "stars", LATER)).toBeUndefined();
    expect(await freshFacts(store.db, PURL, "other", NOW)).toBeUndefined();
    await putFacts(store.db, {
      ...STARS,
      collected: { ...facts, facts: null, at: LATER },
      expiresAt: plus(LATER, HOUR),
    });
    expect(await freshFacts(store.db, PURL, "stars", LATER)).toEqual({ ...facts, facts: null, at: LATER });
  });

  it("facts of many subjects are read and written at once", async () => {
    const subjects = Array.from({ length: 2_500 }, (_, index) => `pkg:pypi/p${index}`);
    const collected = (subject: string) => ({ facts: subject, source: "s", at: NOW });
    const rows = subjects.map((subject) => ({
      subject,
      signal: "stars",
      collected: collected(subject),
      expiresAt: LATER,
    }));
    await putAllFacts(store.db, [...rows, ...rows.slice(0, 1)]);
    const known = await factsOf(store.db, subjects);
    expect(known.size).toBe(2_500);
    expect(freshIn(known, "pkg:pypi/p2499", "stars", NOW)).toEqual(collected("pkg:pypi/p2499"));
    expect(freshIn(known, "pkg:pypi/p2499", "stars", LATER)).toBeUndefined();
    expect(lastIn(known, "pkg:pypi/p2499", "stars")).toEqual(collected("pkg:pypi/p2499"));
    await putAllFacts(store.db, []);
  });

  it("that facts could not be had is known until it expires", async () => {
    await putFacts(store.db, {
      ...STARS,
      collected: new Failure("rate-limited", "slow down", { retryAt: LATER }),
      expiresAt: LATER,
    });
    const failure = { code: "rate-limited", message: "slow down", retryAt: LATER };
    expect(await freshFacts(store.db, PURL, "stars", NOW)).toMatchObject(failure);
    await putFacts(store.db, { ...STARS, collected: { facts: 1, source: "s", at: NOW }, expiresAt: LATER });
    expect(await freshFacts(store.db, PURL, "stars", NOW)).toMatchObject({ facts: 1 });
  });

  it("names that moved are said once, with where they pointed before", async () => {
    const seen = [
      { name: "v1", target: "a" },
      { name: "v2", target: "a" },
    ];
    const record = (refs: readonly Ref[], now: string) =>
      store.db.transaction((tx) => recordRefs(tx, new Map([[PURL, refs]]), now));
    expect(await record(seen, NOW)).toEqual(new Map());
    const moved = [
      { name: "v1", target: "b" },
      { name: "v2", target: "a" },
    ];
    expect(await record(moved, LATER)).toEqual(
      new Map([[PURL, [{ name: "v1", before: "a", after: "b", since: NOW }]]]),
    );
    expect(await record(moved, LATER)).toEqual(new Map());
    expect(await pruneRefs(store.db, plus(NOW, 500 * DAY))).toBe(1); // where each points now stays
    expect(await refsOf(store.db, PURL)).toEqual([
      { name: "v1", target: "b", seenAt: LATER },
      { name: "v2", target: "a", seenAt: NOW },
    ]);
  });

  it("events come back in order, after a number or from a moment on", async () => {
    const first = await appendEvent(store.db, { kind: "tag-moved", upstream: PURL, data: { name: "v1" } }, NOW);
    await appendEvent(store.db, { kind: "proposed", project: "example", candidate: "c" }, LATER);
    type Since = Parameters<typeof eventsSince>[1];
    const kinds = async (since: Since, options?: Parameters<typeof eventsSince>[2]) =>
      (await eventsSince(store.db, since, options)).map((event) => event.kind);
    expect(await kinds({ after: 0 })).toEqual(["tag-moved", "proposed"]);
    expect(await kinds({ after: first })).toEqual(["proposed"]);
    expect(await kinds({ from: LATER })).toEqual(["proposed"]);
    expect(await kinds({ after: 0 }, { kinds: ["tag-moved"] })).toEqual(["tag-moved"]);
    expect(await kinds({ after: 0 }, { limit: 1 })).toEqual(["tag-moved"]);
  });

  it("an installation has one id, and values that can be set", async () => {
    const ids = await Promise.all([instanceId(store.db), instanceId(store.db)]);
    expect(ids[0]).toBe(ids[1]);
    expect(await getMeta(store.db, "key")).toBeUndefined();
    await setMeta(store.db, "key", { a: 1 });
    await setMeta(store.db, "key", { a: 2 });
    expect(await getMeta(store.db, "key")).toEqual({ a: 2 });
  });

  it("texts of files are kept while they are used, byte for byte, by one process for as long as it runs", async () => {
    const text = "\uFEFFFROM x\r\n\ttab 'quote' \u2028 😀";
    const days = { now: NOW };
    const cache = blobCache(store.db, () => days.now);
    for (const oid of ["used", "unused"]) await cache.write(oid, text);
    await cache.write("nul", "a\0b");
    days.now = plus(NOW, 2 * DAY);
    expect(await cache.read("used")).toBe(text);
    expect(await cache.read("nul")).toBeUndefined();
    expect(await pruneBlobs(store.db, plus(NOW, DAY))).toBe(1);
    expect(await cache.read("unused")).toBeUndefined();
    days.now = plus(NOW, 90 * DAY);
    await cache.write("late", text);
    expect(await cache.read("used")).toBe(text);
    expect(await pruneBlobs(store.db, plus(NOW, 60 * DAY))).toBe(0);
  });
});
