import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changelogSection } from "../../src/lib/changelog.ts";

const keepAChangelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-01-31
### Added
- a feature, better than 1.1.0

### Fixed
- a bug

## [1.1.0] - 2025-12-01
- older

[1.2.0]: https://github.com/o/r/compare/v1.1.0...v1.2.0
`;

const underlined = `Release history
===============

1.2.0 (2026-01-31)
------------------

- a feature

Bug fixes
~~~~~~~~~

- a bug

1.1.0 (2025-12-01)
------------------

- older
`;

describe("the section of a version in a changelog", () => {
  it.each([
    ["Keep a Changelog", keepAChangelog, "1.2.0", "### Added\n- a feature, better than 1.1.0\n\n### Fixed\n- a bug"],
    ["a tag's spelling", keepAChangelog, "v1.2.0", "### Added\n- a feature, better than 1.1.0\n\n### Fixed\n- a bug"],
    ["reStructuredText", underlined, "1.2.0", "- a feature\n\nBug fixes\n~~~~~~~~~\n\n- a bug"],
    ["the last one", underlined, "1.1.0", "- older"],
    ["## v1.2.3", "## v1.2.3\n\n- x\n\n## v1.2.2\n\n- y", "1.2.3", "- x"],
    ["a link as heading", "## [1.2.3](https://h.example/1.2.2...1.2.3) (2026-01-01)\n- x", "1.2.3", "- x"],
    ["a package's name before", "# tool@1.2.3\n- x\n# tool@1.2.2\n- y", "1.2.3", "- x"],
    ["a day before", "## 2026-01-31 1.2.3\n- x", "1.2.3", "- x"],
    ["a title around", "# Version 1.2.3: the big one\n- x\n\n# Version 1.2.2\n- y", "1.2.3", "- x"],
    ["an overline", "=====\n1.2.3\n=====\n\n- x\n\n=====\n1.2.2\n=====\n\n- y", "1.2.3", "- x"],
    ["lines of Windows", "## 1.2.3\r\n- x\r\n## 1.2.2\r\n- y", "1.2.3", "- x"],
    ["numbers of a calendar", "## 2026.1\n- x\n## 2025.12\n- y", "2026.1", "- x"],
  ])("is found by %s", (_, text, version, expected) => {
    expect(changelogSection(text, version)).toBe(expected);
  });

  it.each([
    ["another version that begins so", "## 1.2.30\n- x", "1.2.3"],
    ["a prerelease of it", "## 1.2.3-rc1\n- x", "1.2.3"],
    ["what changed since it", "## Changes since 1.2.3\n- x", "1.2.3"],
    ["a line of code", "```\n# 1.2.3\n```\n- x", "1.2.3"],
    ["a version in the text", "- 1.2.3 was bad", "1.2.3"],
    ["nothing below its heading", "## 1.2.3\n\n## 1.2.2\n- y", "1.2.3"],
  ])("is not taken from %s", (_, text, version) => {
    expect(changelogSection(text, version)).toBeUndefined();
  });

  it("never takes another version's lines, whatever they are", () => {
    const line = fc.constantFrom("- a", "", "### Fixed", "text 9.9.9", "```", "> quote");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(line, { maxLength: 8 }), (mine, others) => {
        const closed = (body: readonly string[]) =>
          body.filter((one) => one === "```").length % 2 === 0 ? body : [...body, "```"];
        const text = ["## 2.0.0", ...closed(mine), "## 1.0.0", "the other one", ...others].join("\n");
        expect(changelogSection(text, "2.0.0") ?? "").not.toContain("the other one");
      }),
    );
  });

  it("takes time in proportion to the text", () => {
    expect(changelogSection("=".repeat(500_000), "1.0")).toBeUndefined();
    expect(changelogSection(`${"# ".repeat(200_000)}\n`.repeat(2), "1.0")).toBeUndefined();
  });
});
