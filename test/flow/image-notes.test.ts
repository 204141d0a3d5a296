import { describe, expect, it } from "vitest";
import { explainNewContent } from "../../src/flow/image-notes.ts";

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
