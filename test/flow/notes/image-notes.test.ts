import { describe, expect, it } from "vitest";
import { explainNewContent, explainPackages } from "../../../src/flow/notes/image-notes.ts";

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

describe("packages of an image", () => {
  const before = new Map([
    ["libc6", "2.36-9"],
    ["openssl", "3.0.14-1"],
    ["wget", "1.21"],
  ]);

  it("are told where they changed, were added or are gone", () => {
    const after = new Map([
      ["curl", "8.5.0"],
      ["libc6", "2.36-9"],
      ["openssl", "3.0.15-1"],
    ]);
    expect(explainPackages(before, after)).toBe(
      "Packages, by the list that is attached to the image:\n\n1 changed:\n\n- `openssl` 3.0.14-1 → 3.0.15-1\n\n" +
        "1 added:\n\n- `curl` 8.5.0\n\n1 removed:\n\n- `wget`",
    );
  });

  it("are not told where none changed", () => {
    expect(explainPackages(before, before)).toBeUndefined();
  });

  it("are counted where there are many, and are only words", () => {
    const many = new Map(Array.from({ length: 500 }, (_, index) => [`p${index}\`<b>@x`, "1\n# 2"]));
    const text = explainPackages(new Map(), many) ?? "";
    expect(text).toContain("500 added:");
    expect(text).toContain("- and 470 more");
    expect(text.match(/^- `p\d+b@x` 1 2$/gm)).toHaveLength(30);
  });
});
