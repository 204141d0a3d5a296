import { describe, expect, it } from "vitest";
import { dockerTag } from "../../../src/compare/schemes/docker-tag.ts";

describe("image tags", () => {
  it.each([
    ["3.13-slim-trixie", "3.14-slim-trixie"],
    ["13-slim", "14-slim"],
    ["3", "4"],
    ["3.23", "3.24"],
    ["v4.4.10", "v4.5.0"],
    ["3-slim-trixie", "4-slim-trixie"],
    ["trixie-20260803-slim", "trixie-20260901-slim"],
    ["20260803", "20260901"],
    ["21.0.4_7-jdk", "21.0.5_11-jdk"],
    ["4-python3.11", "5-python3.11"],
    ["5.14.0-ls87", "5.15.0-ls2"],
    ["v4.4.10-3.4.1", "v4.4.10-3.4.2"],
    ["16-alpine", "17-alpine"],
    ["1.2.3-debian-12-r5", "1.2.3-debian-12-r6"],
    ["3.15.0rc1", "3.15.0"],
    ["25.8.28.10001.altinitystable", "25.8.29.10002.altinitystable"],
    ["4.40_large_disk", "4.41_large_disk"],
    ["3.24-2026.06.1", "3.24-2026.08.0"],
    ["3.15-rc-slim", "3.15-slim"],
    ["26.5", "26.6"],
  ])("%s may become %s", (current, candidate) => {
    expect(dockerTag.sameTrack(current, candidate)).toBe(true);
    expect(dockerTag.compare(current, candidate)).toBeLessThan(0);
  });

  it.each([
    ["3.13-slim-trixie", "3.14-alpine"],
    ["3.13-slim-trixie", "3.14-slim-bookworm"],
    ["3.13-slim-trixie", "3.14-slim"],
    ["3.13-slim-trixie", "3.13.1-slim-trixie"],
    ["3.13", "3.13.1"],
    ["3", "20260803"],
    ["v4.4.10", "4.4.11"],
    ["9.2.4", "9.2.5-amd64"],
    ["9.2.4-arm64", "9.2.5-amd64"],
    ["16-alpine3.23", "17-alpine3.24"],
    ["8.0.5", "8.0.5-1"],
    ["4.40", "4.41_large_disk"],
    ["1.2.3-debian-11-r5", "1.2.4-debian-12-r0"],
  ])("%s never becomes %s", (current, candidate) => {
    expect(dockerTag.sameTrack(current, candidate)).toBe(false);
  });

  it.each([
    "latest",
    "main",
    "malcolm",
    "trixie",
    "alpine3.19",
    "sha-1234567",
    `sha256-${"0".repeat(64)}.sig`,
    "pr-123",
    "slim-bookworm",
  ])("%s is no version", (tag) => {
    expect(dockerTag.isVersion(tag)).toBe(false);
  });

  it.each(["9.2.4-SNAPSHOT", "3.15.0rc1", "3.15.0a1", "1.2-beta.3-alpine", "3.15-rc-slim", "27-dev"])(
    "%s is not finished",
    (tag) => {
      expect(dockerTag.isStable(tag)).toBe(false);
    },
  );

  it("numbers count as numbers, and prereleases stand before their release", () => {
    const tags = [
      "3.9-slim",
      "3.10-rc2-slim",
      "3.10-slim",
      "3.13-slim",
      "3.14-beta1-slim",
      "3.14-rc1-slim",
      "3.14-slim",
    ];
    const shuffled = [...tags].reverse();
    expect(shuffled.sort((a, b) => dockerTag.compare(a, b) ?? 0)).toEqual(tags);
  });

  it.each([
    ["13-slim", "14-slim", "major"],
    ["3.13-slim", "3.14-slim", "minor"],
    ["8.0.5-1", "8.0.5-2", "patch"],
    ["20260803", "20260901", "other"],
    ["3.13-slim", "latest", "other"],
  ])("%s to %s is a %s step", (from, to, step) => {
    expect(dockerTag.step(from, to)).toBe(step);
  });

  it.each([
    ["3.13-slim-trixie", "<3.14", true],
    ["3.14-slim-trixie", "<3.14", false],
    ["3.13-slim", "=3.13-slim", true],
    ["3.13-alpine", "=3.13-slim", false],
    ["3.13-alpine", "=3.13", true],
  ])("%s within %s: %s", (tag, range, expected) => {
    expect(dockerTag.satisfies(tag, range)).toBe(expected);
  });
});
