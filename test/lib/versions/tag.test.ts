import { describe, expect, it } from "vitest";
import { kindOfName, kindOfRef, splitTag } from "../../../src/lib/versions/tag.ts";

describe("a tag", () => {
  it.each([
    ["1.2.3", "", "1.2.3"],
    ["v1.2.3", "v", "1.2.3"],
    ["v4", "v", "4"],
    ["release-1.2", "release-", "1.2"],
    ["k3s-v1.2", "k3s-v", "1.2"],
    ["curl-8_5_0", "curl-", "8_5_0"],
    ["jdk-17.0.2+8", "jdk-", "17.0.2+8"],
    ["debian/1%20230131", "debian/1%", "20230131"],
    ["debian/1%8.2.0-3", "debian/1%", "8.2.0-3"],
    ["26.01.0", "", "26.01.0"],
  ])("%s is %j and %s", (tag, prefix, version) => expect(splitTag(tag)).toEqual({ prefix, version }));

  it("has no version without a digit", () => expect(splitTag("stable")).toBeUndefined());

  it.each([
    ["latest", "branch"],
    ["stable-slim", "branch"],
    ["nightly-2025-01-01", "branch"],
    ["trixie", "branch"],
    ["13-slim", "tag"],
    ["4-python3.11", "tag"],
    ["bookworm-20250101", "tag"],
    [`${"a".repeat(38)}01`, "commit"],
    ["1a2b3c4", "commit"],
    ["20250101", "tag"],
  ])("the name %s is a %s", (name, kind) => expect(kindOfName(name)).toBe(kind));

  it.each([
    ["v4", "tag"],
    ["release/v1", "branch"],
    ["release-1", "tag"],
    ["my-long-feature-branch-2", "branch"],
    ["v1.2-beta", "tag"],
    ["develop", "branch"],
  ])("the ref %s is a %s", (ref, kind) => expect(kindOfRef(ref)).toBe(kind));
});
