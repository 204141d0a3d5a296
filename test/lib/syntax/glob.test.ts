import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatcher } from "../../../src/lib/syntax/glob.ts";

describe("a glob", () => {
  it.each([
    ["pkg:pypi/*", "pkg:pypi/requests", true],
    ["pkg:pypi/*", "pkg:pypi/a/b", false],
    ["pkg:docker/**", "pkg:docker/library/debian", true],
    ["docs/**", "docs/a/b.md", true],
    ["docs/**", "docs", false],
    ["**/*.md", "README.md", true],
    ["**/*.md", "a/b/README.md", true],
    ["**/*.md", "a/b/README.txt", false],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/**/b", "ab", false],
    ["?.txt", "a.txt", true],
    ["?.txt", "/.txt", false],
    ["a.c", "abc", false],
    ["[a]", "[a]", true],
    ["", "", true],
    ["*", "", true],
    ["", "a", false],
  ])("%s and %s: %s", (pattern, text, expected) => {
    expect(globMatcher(pattern)(text)).toBe(expected);
  });

  it("matches what it was made from, when it has no wildcard", () => {
    const plain = fc.string().filter((text) => !/[*?]/.test(text));
    fc.assert(fc.property(plain, plain, (one, other) => globMatcher(one)(other) === (one === other)));
  });

  it("takes time proportional to pattern and text", () => {
    const matches = globMatcher(`${"**a".repeat(40)}b`);
    expect(matches("a".repeat(5_000))).toBe(false);
  });
});
