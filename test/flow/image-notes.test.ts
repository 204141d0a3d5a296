import { describe, expect, it } from "vitest";
import { explainNewContent, sourceOfImage } from "../../src/flow/image-notes.ts";

describe("the source that an image names", () => {
  it.each([
    ["in its owner's namespace of GitHub's registry", "ghcr.io", "Example/tool", true],
    ["in somebody else's", "ghcr.io", "other/tool", false],
    ["on another registry, whoever owns the name there", "docker.io", "example/tool", false],
  ])("is verified only where nobody else can push: %s", (_, host, repository, verified) => {
    const facts = { source: "https://github.com/example/tool.git" };
    expect(sourceOfImage(facts, { host, repository })).toEqual({ owner: "example", name: "tool", verified });
  });

  it.each(["https://gitlab.com/a/b", "https://github.com.evil.example/a/b", "javascript:1", undefined])(
    "is none for %s",
    (source) => {
      const facts = source === undefined ? {} : { source };
      expect(sourceOfImage(facts, { host: "ghcr.io", repository: "a/b" })).toBeUndefined();
    },
  );
});

describe("new content under the same tag", () => {
  it("is explained by dates, base image and revision", () => {
    const base = { baseName: "debian:12-slim" };
    const before = {
      ...base,
      created: "2026-10-02T00:00:00.000Z",
      baseDigest: `sha256:${"a".repeat(64)}`,
      revision: "r1",
    };
    const after = {
      ...base,
      created: "2026-11-18T00:00:00.000Z",
      baseDigest: `sha256:${"b".repeat(64)}`,
      revision: "r1",
    };
    expect(explainNewContent(before, after)).toBe(
      "The tag is the same; its content was built again.\n\n- Built: 2026-10-02 → 2026-11-18\n" +
        "- Base image: debian:12-slim at sha256:aaaaaaaaaaaa → debian:12-slim at sha256:bbbbbbbbbbbb\n- Source revision: r1, as before",
    );
  });

  it("is not explained by images that say nothing", () => {
    expect(explainNewContent({}, {})).toBeUndefined();
  });
});
