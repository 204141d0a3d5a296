import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plus } from "../../../src/domain/instant.ts";
import { firstSight, notSeen, type StoredRelease, seenAgain } from "../../../src/domain/integrity/merge-release.ts";
import type { ObservedRelease } from "../../../src/domain/release.ts";
import { anObservedRelease, NOW } from "../../support/build.ts";

const LATER = plus(NOW, 3_600_000);

function stored(given: Partial<ObservedRelease> = {}): StoredRelease {
  return firstSight("pkg:github/example/tool", anObservedRelease(given), false, NOW).release;
}

function again(before: StoredRelease, given: Partial<ObservedRelease>) {
  return seenAgain(before, anObservedRelease(given), LATER);
}

describe("files of a version that is there", () => {
  const files = (...names: string[]) => ({ assets: names.map((name) => ({ name, digest: `sha256:${name}` })) });

  it("are told when they are gone, once", () => {
    const { release, changes } = again(stored(files("a.tar.gz", "b.tar.gz")), files("a.tar.gz"));
    expect(changes).toMatchObject([{ kind: "removed", removed: [{ name: "b.tar.gz", digest: "sha256:b.tar.gz" }] }]);
    expect(again(release, files("a.tar.gz")).changes).toEqual([]);
  });

  it("that come back as something else are other content, and as what they were are none", () => {
    const { release } = again(stored(files("a.tar.gz", "b.tar.gz")), files("a.tar.gz"));
    const back = again(release, files("a.tar.gz", "b.tar.gz"));
    expect(back.changes).toEqual([]);
    expect(back.release).toMatchObject({ contentFirstSeenAt: NOW, digests: {} });
    const other = { assets: [...files("a.tar.gz").assets, { name: "b.tar.gz", digest: "sha256:other" }] };
    const { changes, release: replaced } = again(release, other);
    expect(changes).toMatchObject([
      { kind: "content", conflicts: [{ part: "asset:b.tar.gz", after: "sha256:other" }] },
    ]);
    expect(replaced).toMatchObject({ contentFirstSeenAt: LATER, digests: {} });
    expect(again(replaced, other).changes).toEqual([]);
  });

  it("are not gone when an answer names none, or so many that others may be behind them", () => {
    expect(again(stored(files("a", "b")), { assets: [] }).changes).toEqual([]);
    const many = Array.from({ length: 101 }, (_, index) => `file-${index}`);
    expect(again(stored(files(...many)), files(...many.slice(0, 100))).changes).toEqual([]);
  });
});

describe("a version that is seen for the first time", () => {
  it("starts both clocks", () => {
    expect(stored()).toMatchObject({ firstSeenAt: NOW, contentFirstSeenAt: NOW, missing: 0 });
  });
});

describe("a version that is seen again", () => {
  it("changes nothing when it says the same", () => {
    expect(again(stored({ commit: "a" }), { commit: "a" })).toMatchObject({ changed: false, changes: [] });
  });

  it.each([
    ["its commit", { commit: "a" }, { commit: "b" }, "commit"],
    ["a digest", { digests: { index: "sha256:1" } }, { digests: { index: "sha256:2" } }, "index"],
    [
      "an asset's digest",
      { assets: [{ name: "tool.tar.gz", digest: "sha256:1" }] },
      { assets: [{ name: "tool.tar.gz", digest: "sha256:2" }] },
      "asset:tool.tar.gz",
    ],
  ])("restarts the content's clock when %s differs", (_, before, after, part) => {
    const { release, changes } = again(stored(before), after);
    expect(release).toMatchObject({ firstSeenAt: NOW, contentFirstSeenAt: LATER });
    expect(changes).toEqual([
      expect.objectContaining({ kind: "content", since: NOW, conflicts: [expect.objectContaining({ part })] }),
    ]);
  });

  it("keeps parts that this answer does not name, and compares the next ones with them", () => {
    const silent = again(stored({ commit: "a", assets: [{ name: "tool", digest: "sha256:1" }] }), {}).release;
    expect(silent).toMatchObject({ commit: "a", assets: [{ name: "tool", digest: "sha256:1" }] });
    const unhashed = again(silent, { assets: [{ name: "tool", size: 5 }] }).release;
    expect(again(unhashed, { assets: [{ name: "tool", digest: "sha256:2" }] }).changes).toHaveLength(1);
  });

  it("is the same content where another commit has the same tree: the clock goes on", () => {
    const { release, changes } = again(stored({ commit: "a", tree: "t" }), { commit: "b", tree: "t" });
    expect(release).toMatchObject({ commit: "b", tree: "t", contentFirstSeenAt: NOW });
    expect(changes).toMatchObject([{ kind: "retag", conflicts: [{ part: "commit", before: "a", after: "b" }] }]);
  });

  it.each([
    ["differs", { commit: "a", tree: "t" }, { commit: "b", tree: "u" }],
    ["was not known before", { commit: "a" }, { commit: "b", tree: "t" }],
    ["is not known now", { commit: "a", tree: "t" }, { commit: "b" }],
  ])("is other content where the tree of another commit %s", (_, before, after) => {
    const { release, changes } = again(stored(before), after);
    expect(release.contentFirstSeenAt).toBe(LATER);
    expect(changes).toMatchObject([{ kind: "content" }]);
  });

  it("forgets the tree with the commit it belongs to, and keeps it where only the tree is not told", () => {
    expect(again(stored({ commit: "a", tree: "t" }), { commit: "b" }).release.tree).toBeUndefined();
    expect(again(stored({ commit: "a", tree: "t" }), { commit: "a" }).release.tree).toBe("t");
  });

  it("is other content where a file without a digest has another size", () => {
    const { changes } = again(stored({ assets: [{ name: "tool", size: 5 }] }), { assets: [{ name: "tool", size: 6 }] });
    expect(changes).toMatchObject([
      { kind: "content", conflicts: [{ part: "asset:tool", before: "5 bytes", after: "6 bytes" }] },
    ]);
  });

  it("is no other content where the same file was uploaded by somebody else, but that is told", () => {
    const asset = { name: "tool", digest: "sha256:1", uploader: "octo" };
    const { release, changes } = again(stored({ assets: [asset] }), { assets: [{ ...asset, uploader: "mallory" }] });
    expect(release.contentFirstSeenAt).toBe(NOW);
    expect(changes).toMatchObject([{ kind: "reupload", files: [{ before: asset }] }]);
  });

  it("forgets the digests of platforms with the index that named them", () => {
    const before = stored({ digests: { index: "sha256:1", "linux/amd64": "sha256:2" } });
    expect(again(before, { digests: { index: "sha256:3" } }).release.digests).toEqual({ index: "sha256:3" });
    expect(again(before, { digests: { index: "sha256:1" } }).release.digests).toEqual(before.digests);
  });

  it("learns a part that was not named before without calling it a change", () => {
    expect(again(stored(), { commit: "a" })).toMatchObject({ changed: true, changes: [] });
  });

  it("says that it was yanked, and why", () => {
    const { release, changes } = again(stored(), { state: "yanked", stateReason: "broken build" });
    expect(release).toMatchObject({ state: "yanked", stateReason: "broken build" });
    expect(changes).toEqual([
      { kind: "state", tag: "1.0.0", before: "released", after: "yanked", reason: "broken build" },
    ]);
    expect(again(release, {}).release).not.toHaveProperty("stateReason");
  });

  it("is new content when it comes back after it was deleted and nothing proves it to be the same", () => {
    const deleted = notSeen(notSeen(stored({ commit: "a" })).release).release;
    expect(again(deleted, {}).release.contentFirstSeenAt).toBe(LATER);
    expect(again(deleted, { commit: "b" }).release.contentFirstSeenAt).toBe(LATER);
    expect(again(deleted, { commit: "a" }).release.contentFirstSeenAt).toBe(NOW);
  });
});

describe("a publication date", () => {
  const early = "2026-01-01T00:00:00.000Z";
  const late = "2026-11-01T00:00:00.000Z";
  it.each([
    ["moves later", publisher(early), publisher(late), publisher(late)],
    ["never moves earlier", publisher(late), publisher(early), publisher(late)],
    ["is replaced by the registry's own clock", publisher(early), registry(late), registry(late)],
    ["of a registry is not replaced by a publisher's", registry(late), publisher(early), registry(late)],
    ["that is missing is filled in", publisher(undefined), publisher(early), publisher(early)],
    ["stays when it is not said any more", registry(early), publisher(undefined), registry(early)],
  ])("%s", (_, before, after, expected) => {
    const { publishedAt: _date, publishedBy: _by, ...plain } = anObservedRelease();
    const known = firstSight("pkg:a/b", { ...plain, ...before }, false, NOW).release;
    expect(seenAgain(known, { ...plain, ...after }, LATER).release).toMatchObject(expected);
  });

  type Dated = Pick<ObservedRelease, "publishedAt" | "publishedBy">;
  function publisher(publishedAt: string | undefined): Dated {
    return publishedAt === undefined ? { publishedBy: "publisher" } : { publishedAt, publishedBy: "publisher" };
  }
  function registry(publishedAt: string): Dated {
    return { publishedAt, publishedBy: "registry" };
  }
});

describe("a version that a complete answer does not name", () => {
  it("is missing the first time, deleted the second, and nothing more after that", () => {
    const once = notSeen(stored());
    expect(once).toMatchObject({ release: { state: "released" }, changes: [{ kind: "missing" }] });
    const twice = notSeen(once.release);
    expect(twice).toMatchObject({ release: { state: "deleted" }, changes: [{ kind: "state", after: "deleted" }] });
    expect(notSeen(twice.release)).toMatchObject({ changed: false, changes: [] });
  });

  it("counts anew once it was seen in between", () => {
    const back = again(notSeen(stored()).release, {}).release;
    expect(notSeen(back).release.state).toBe("released");
  });
});

describe("whatever upstreams say, in whatever order", () => {
  const observed = fc.record({
    commit: fc.constantFrom("a", "b"),
    digests: fc.dictionary(fc.constantFrom("index", "linux/amd64"), fc.constantFrom("sha256:1", "sha256:2"), {
      noNullPrototype: true,
    }),
    state: fc.constantFrom("released", "yanked", "prerelease", "deprecated"),
    publishedAt: fc.constantFrom("2020-01-01T00:00:00.000Z", "2026-11-20T00:00:00.000Z"),
    publishedBy: fc.constantFrom("registry", "publisher"),
  }) satisfies fc.Arbitrary<Partial<ObservedRelease>>;
  const answers = fc.array(fc.option(observed), { maxLength: 12 });

  function replay(given: readonly (Partial<ObservedRelease> | null)[]) {
    const history = [firstSight("pkg:a/b", anObservedRelease({ commit: "a" }), false, NOW)];
    given.forEach((answer, index) => {
      const before = history.at(-1)?.release ?? stored();
      const now = plus(NOW, (index + 1) * 60_000);
      history.push(answer === null ? notSeen(before) : seenAgain(before, anObservedRelease(answer), now));
    });
    return history;
  }

  it("the first sight stays, and the content's clock never moves back", () => {
    fc.assert(
      fc.property(answers, (given) => {
        const clocks = replay(given).map(({ release }) => release.contentFirstSeenAt);
        expect(replay(given).every(({ release }) => release.firstSeenAt === NOW)).toBe(true);
        expect(clocks).toEqual([...clocks].sort());
      }),
    );
  });

  it("every restart of the content's clock is observed, with what was there before", () => {
    fc.assert(
      fc.property(answers, (given) => {
        const history = replay(given);
        history.slice(1).forEach(({ release, changes }, index) => {
          const before = history[index]?.release;
          const restarted = before?.contentFirstSeenAt !== release.contentFirstSeenAt;
          expect(changes.some(({ kind }) => kind === "content")).toBe(restarted);
        });
      }),
    );
  });
});
