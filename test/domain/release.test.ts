import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentConflicts, contentOf, tagOfVersion, versionOfTag } from "../../src/domain/release.ts";
import { anObservedRelease } from "../support/build.ts";

describe("a tag template", () => {
  it.each([
    ["v1.2.3", "v{version}", "1.2.3"],
    ["controller-v1.13.0", "controller-v{version}", "1.13.0"],
    ["jq-1.8.1", "jq-{version}", "1.8.1"],
    ["1.2.3-release", "{version}-release", "1.2.3"],
    ["1.2.3", undefined, "1.2.3"],
    ["1.2.3", "v{version}", undefined],
    ["v", "v{version}", undefined],
    ["anything", "no hole", undefined],
  ])("reads %s by %s as %s", (tag, template, version) => {
    expect(versionOfTag(tag, template)).toBe(version);
  });

  it("writes what it reads", () => {
    const word = fc.string({ maxLength: 8 }).filter((text) => !text.includes("{version}"));
    const version = fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){0,3}$/);
    fc.assert(
      fc.property(word, version, word, (before, text, after) => {
        const template = `${before}{version}${after}`;
        expect(versionOfTag(tagOfVersion(text, template), template)).toBe(text);
      }),
    );
  });
});

describe("the content of a release", () => {
  const release = anObservedRelease({
    commit: "c0ffee",
    digests: { index: "sha256:1" },
    assets: [{ name: "tool.tar.gz", digest: "sha256:2" }, { name: "notes.txt" }],
  });

  it("is its commit, digests and the digests of its assets", () => {
    expect(contentOf(release)).toEqual({ commit: "c0ffee", index: "sha256:1", "asset:tool.tar.gz": "sha256:2" });
  });

  it("has changed only where both sightings name a part, differently", () => {
    const later = contentOf({ ...release, commit: "decade", digests: { "linux/amd64": "sha256:3" } });
    expect(contentConflicts(contentOf(release), later)).toEqual([
      { part: "commit", before: "c0ffee", after: "decade" },
    ]);
    expect(contentConflicts(contentOf(release), {})).toEqual([]);
    expect(contentConflicts({}, contentOf(release))).toEqual([]);
  });
});
