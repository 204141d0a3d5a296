import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeContent } from "../../../src/domain/integrity/judge-content.ts";
import {
  judgeIdentity,
  judgeMassMove,
  judgeStanding,
  judgeState,
} from "../../../src/domain/integrity/judge-upstream.ts";
import {
  type ContentChange,
  followsUpstream,
  isOfficialImage,
  type PinnedBy,
  wasAndIs,
} from "../../../src/domain/integrity/pin-integrity.ts";
import type { Asset } from "../../../src/domain/release.ts";

const TOOL = "pkg:github/example/tool";
const ACTION = "pkg:githubactions/example/setup";
const OFFICIAL = "pkg:docker/library/python";
const IMAGE = "pkg:docker/example/engine?repository_url=registry.example";

const pinned = (given: Partial<PinnedBy> = {}): PinnedBy => ({
  upstream: TOOL,
  fixed: false,
  pushedBefore: 0,
  ...given,
});
const moved = (given: Partial<ContentChange> = {}): ContentChange => ({
  tag: "v1.0.0",
  conflicts: [{ part: "commit", before: "a", after: "b" }],
  ...given,
});
const replaced = (before: Partial<Asset>, after: Partial<Asset>) => [
  { before: { name: "tool.tgz", ...before }, after: { name: "tool.tgz", ...after } },
];
const classes = (change: ContentChange, by: PinnedBy) =>
  judgeContent(change, by).map((one) => `${one.class} ${one.severity}`);

describe("a change of pinned content", () => {
  it.each<[string, ContentChange, PinnedBy, string[]]>([
    ["a tag with other files", moved({ trees: { before: "t", after: "u" } }), pinned(), ["tag-moved critical"]],
    ["a tag whose files are not known", moved(), pinned(), ["tag-moved critical"]],
    ["a tag with the same files", moved({ trees: { before: "t", after: "t" } }), pinned(), ["benign-retag low"]],
    ["a tag beside a pinned commit", moved(), pinned({ fixed: true }), ["tag-moved medium"]],
    ["a major tag of an action", moved({ tag: "v4" }), pinned({ upstream: ACTION }), []],
    ["a minor tag of an action", moved({ tag: "v4.1" }), pinned({ upstream: ACTION }), []],
    ["a full tag of an action", moved({ tag: "v4.1.0" }), pinned({ upstream: ACTION }), ["tag-moved critical"]],
    [
      "a file with another digest",
      moved({
        conflicts: [{ part: "asset:tool.tgz", before: "sha256:1", after: "sha256:2" }],
        files: replaced({ uploader: "octo" }, { uploader: "mallory" }),
      }),
      pinned(),
      ["asset-replaced critical"],
    ],
    [
      "the same file by another uploader",
      moved({ conflicts: [], files: replaced({ uploader: "octo" }, { uploader: "mallory" }) }),
      pinned(),
      ["asset-replaced low"],
    ],
    [
      "a tag with the same files, and another release file",
      moved({
        conflicts: [
          { part: "commit", before: "a", after: "b" },
          { part: "asset:tool.tgz", before: "sha256:1", after: "sha256:2" },
        ],
        trees: { before: "t", after: "t" },
      }),
      pinned(),
      ["benign-retag low", "asset-replaced critical"],
    ],
  ])("%s", (_, change, by, expected) => {
    expect(classes(change, by)).toEqual(expected);
  });

  const pushed = (tag: string): ContentChange => ({
    tag,
    conflicts: [{ part: "index", before: "sha256:1", after: "sha256:2" }],
  });
  it.each<[string, ContentChange, PinnedBy, string[]]>([
    ["an official image", pushed("3.13.2-slim"), pinned({ upstream: OFFICIAL }), ["rebuild low"]],
    ["a tag that follows its upstream", pushed("3.13-slim"), pinned({ upstream: IMAGE }), ["rebuild low"]],
    ["a full version", pushed("2.1.0"), pinned({ upstream: IMAGE }), ["tag-moved high"]],
    [
      "a full version of a publisher that rebuilds",
      pushed("2.1.0"),
      pinned({ upstream: IMAGE, pushedBefore: 2 }),
      ["rebuild low"],
    ],
    ["a full version beside a digest", pushed("2.1.0"), pinned({ upstream: IMAGE, fixed: true }), ["rebuild low"]],
  ])("an image that was pushed again: %s", (_, change, by, expected) => {
    expect(classes(change, by)).toEqual(expected);
  });

  it("names what was there and what is there", () => {
    const [judged] = judgeContent(moved({ trees: { before: "t", after: "u" } }), pinned());
    expect(judged?.evidence).toEqual([
      { kind: "commit", expected: "a", observed: "b" },
      { kind: "tree", expected: "t", observed: "u" },
    ]);
  });

  it("says uploader and time of upload where they differ", () => {
    const conflicts = [{ part: "asset:tool.tgz", before: "sha256:1", after: "sha256:2" }];
    const files = replaced(
      { uploader: "octo", updatedAt: "2026-01-01T00:00:00.000Z" },
      { uploader: "mallory", updatedAt: "2026-11-01T00:00:00.000Z" },
    );
    const [judged] = judgeContent(moved({ conflicts, files }), pinned());
    expect(judged?.evidence.map(({ kind }) => kind)).toEqual([
      "asset:tool.tgz",
      "uploader of tool.tgz",
      "upload of tool.tgz",
    ]);
  });

  const word = fc.constantFrom("a", "b", "c", "d");
  const change: fc.Arbitrary<ContentChange> = fc.record(
    {
      tag: fc.constantFrom("v1.0.0", "v4", "nightly", "3.13-slim"),
      conflicts: fc.array(
        fc.record({ part: fc.constantFrom("commit", "index", "asset:x"), before: word, after: word }),
      ),
      trees: fc.record({ before: word, after: word }),
    },
    { requiredKeys: ["tag", "conflicts"] },
  );
  const by = fc.record({
    upstream: fc.constantFrom(TOOL, ACTION, OFFICIAL, IMAGE, "pkg:pypi/tool"),
    fixed: fc.boolean(),
    pushedBefore: fc.nat(5),
  });

  it("is never called benign where the trees differ or one is not known", () => {
    fc.assert(
      fc.property(change, by, (given, pins) => {
        const benign = judgeContent(given, pins).some((one) => one.class === "benign-retag");
        return !benign || (given.trees !== undefined && given.trees.before === given.trees.after);
      }),
    );
  });

  it("of a file is an alarm whatever happens to the tag", () => {
    fc.assert(
      fc.property(change, by, (given, pins) => {
        const file = { part: "asset:tool.tgz", before: "sha256:1", after: "sha256:2" };
        const judged = judgeContent({ ...given, conflicts: [...given.conflicts, file] }, pins);
        return pins.upstream.startsWith("pkg:docker/") || judged.some((one) => one.class === "asset-replaced");
      }),
    );
  });
});

describe("names that move on purpose", () => {
  it.each([
    [ACTION, "v4", true],
    [ACTION, "v4.1.0", false],
    [TOOL, "v4", false],
    [TOOL, "v1.2", false],
    [TOOL, "nightly", true],
    [TOOL, "release-candidate", true],
    [OFFICIAL, "3.13-slim-trixie", true],
    [OFFICIAL, "3.13.2-slim", false],
    [IMAGE, "1.2.3-latest", true],
  ])("%s %s: %s", (purl, name, follows) => {
    expect(followsUpstream(purl, name)).toBe(follows);
  });

  it.each([
    ["pkg:docker/library/python", true],
    ["pkg:docker/example/python", false],
    ["pkg:docker/library/python?repository_url=registry.example", false],
    ["pkg:github/library/python", false],
  ])("%s is an official image: %s", (purl, official) => {
    expect(isOfficialImage(purl)).toBe(official);
  });
});

describe("who an upstream is", () => {
  const before = { id: "1", owner: "O_a", name: "example/tool" };
  it.each([
    ["the same", before, undefined],
    ["spelled otherwise", { ...before, name: "Example/Tool" }, undefined],
    ["renamed", { ...before, name: "example/tools" }, "renamed"],
    ["transferred", { ...before, owner: "O_b", name: "other/tool" }, "transferred"],
    ["another one under the same name", { id: "2", owner: "O_a", name: "example/tool" }, "recreated"],
    ["another one of another owner", { id: "2", owner: "O_b", name: "example/tool" }, "recreated"],
    ["not told", {}, undefined],
  ])("%s", (_, now, expected) => {
    expect(judgeIdentity(before, now)?.class).toBe(expected);
  });

  it("is nobody's concern while it stands, and quarantined with the reason", () => {
    expect(judgeStanding({})).toBeUndefined();
    expect(judgeStanding({ standing: { status: "quarantined", reason: "malware" } })).toMatchObject({
      class: "quarantined",
      what: expect.stringContaining("quarantined (malware)"),
    });
  });
});

describe("a version's standing", () => {
  it.each([
    ["yanked", "yanked"],
    ["deleted", "deleted"],
    ["released", undefined],
    ["deprecated", undefined],
  ])("%s: %s", (state, expected) => {
    expect(judgeState(state, undefined)?.class).toBe(expected);
  });

  it("comes with the reason, once", () => {
    expect(judgeState("yanked", "breaks the loader.")?.what).toBe("was yanked by its upstream (breaks the loader)");
  });
});

it("many moved tags are told as one, with every tag as evidence", () => {
  const moves = Array.from({ length: 7 }, (_, index) => ({ tag: `v1.${index}.0`, before: "a", after: "b" }));
  const judged = judgeMassMove(moves);
  expect(judged.what).toBe("moved 7 tags at once (v1.0.0, v1.1.0, v1.2.0, v1.3.0, v1.4.0 …)");
  expect(judged.evidence).toHaveLength(7);
});

describe("what was and is", () => {
  it.each([
    [
      { kind: "asset:tool.tar.gz", expected: "sha256:aa", observed: "sha256:bb" },
      "tool.tar.gz was sha256:aa, now sha256:bb",
    ],
    [
      { kind: "uploader of tool.tar.gz", expected: "maintainer", observed: "deckhand" },
      "uploader of tool.tar.gz was maintainer, now deckhand",
    ],
    [
      { kind: "upload of tool.tar.gz", expected: "2026-08-22T09:00:00.000Z", observed: "2026-11-20T03:00:00.000Z" },
      "upload of tool.tar.gz was 2026-08-22 09:00 UTC, now 2026-11-20 03:00 UTC",
    ],
    [{ kind: "commit", observed: "bb" }, undefined],
  ])("is one line that says of what: %j", (evidence, line) => {
    expect(wasAndIs(evidence)).toBe(line);
  });
});
