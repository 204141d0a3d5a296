import { describe, expect, it } from "vitest";
import { semver } from "../../../src/compare/schemes/semver.ts";

describe("semantic versions", () => {
  it.each(["v4.7.0", "5.0.0-beta1", "1.2.3+build.5"])("%s is one", (text) => {
    expect(semver.isVersion(text)).toBe(true);
  });

  it.each(["18", "1.2", "25.09.0", "1.2.3.4", "^1.2.3"])("%s is none", (text) => {
    expect(semver.isVersion(text)).toBe(false);
  });

  it("order prereleases before their release", () => {
    const versions = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"];
    expect([...versions].reverse().sort((a, b) => semver.compare(a, b) ?? 0)).toEqual(versions);
  });

  it.each([
    ["5.0.0-beta1", "5.0.0", "major"],
    ["0.33.4", "0.34.0", "minor"],
    ["v1.0.0", "v1.0.1", "patch"],
  ])("%s to %s is a %s step", (from, to, step) => {
    expect(semver.step(from, to)).toBe(step);
  });

  it.each([
    ["6.0.0-rc.1", "<6", false],
    ["5.1.0-rc.1", "<6", true],
    ["1.2.3", "1.x", true],
    ["1.2.3", "not a range", undefined],
  ])("%s within %s: %s", (version, range, expected) => {
    expect(semver.satisfies(version, range)).toBe(expected);
  });
});
