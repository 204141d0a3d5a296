import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { MAX_INPUT } from "../../../src/deliver/notes/parse.ts";
import { sanitiseNotes } from "../../../src/deliver/notes/sanitise.ts";
import { notesToHtml, notesToText } from "../../../src/deliver/notes/to-mail.ts";
import { toMarkup } from "../../../src/views/html.ts";

const repositoryUrl = "https://github.com/example/tool";
const sanitise = (markdown: string) => sanitiseNotes(markdown, { repositoryUrl });

/** What GitHub would make of it: raw HTML allowed, as there. */
const github = new MarkdownIt({ html: true, linkify: true });

describe("release notes in a pull request", () => {
  it.each([
    ["a mention", "thanks @octocat", "thanks @&#8203;octocat"],
    ["a team", "cc @example/team", "cc @&#8203;example/team"],
    ["an issue", "fixes #1", "fixes #&#8203;1"],
    ["an issue elsewhere", "see other/project#12", "see other/project#&#8203;12"],
    ["the old form of an issue", "closes GH-7", "closes GH-&#8203;7"],
    ["GitLab's other forms of one", "see GL-7 and [issue:7]", "see GL-&#8203;7 and \\[issue:&#8203;7\\]"],
    ["a merge request", "closes !12", "closes !&#8203;12"],
    ["an epic", "part of &12, R&D", "part of &amp;&#8203;12, R&amp;D"],
    ["a command on a line of its own", "Then\n/approve\n  /merge now", "Then\n&#47;approve\n&#47;merge now"],
    ["a closing word for a merge request in code", "`Implements !7`", "`Implements\u200B !7`"],
    ["an entity that is shown", "&amp;#35;1", "&amp;#&#8203;35;1"],
    [
      "an address of an issue",
      "https://github.com/o/r/issues/5",
      "[o/r#&#8203;5](https://redirect.github.com/o/r/issues/5)",
    ],
    [
      "a link to a pull request",
      "[this](https://github.com/o/r/pull/5)",
      "[this](https://redirect.github.com/o/r/pull/5)",
    ],
    ["a comparison", "https://github.com/o/r/compare/v1...v2", "[v1...v2](https://github.com/o/r/compare/v1...v2)"],
    ["a closing word in code", "`fixes #1`", "`fixes\u200B #1`"],
    ["an address without a scheme", "www.example.com", "www&#46;example.com"],
    ["a relative link", "[guide](docs/guide.md)", "[guide](https://github.com/example/tool/blob/HEAD/docs/guide.md)"],
    ["a link to a heading", "[above](#top)", "above"],
    ["a script link", "[press](javascript:alert(1))", "press"],
    ["a data link", "[press](data:text/html,x)", "press"],
    ["a link with a user name", "[bank](https://bank.example@evil.example/)", "bank"],
    ["a picture", "![chart](https://example.com/c.png)", "[chart](https://example.com/c.png)"],
    [
      "a link after an exclamation",
      "Look!<b></b>[here](https://t.example/p.gif)",
      "Look\\![here](https://t.example/p.gif)",
    ],
    ["a badge", "[![build](https://img.example/b.svg)](https://ci.example/x)", "[build](https://ci.example/x)"],
    ["an HTML picture", 'before <img src="https://t.example/p.gif" width=1> after', "before  after"],
    ["a comment", "a <!-- hidden --> b", "a  b"],
    ["a comment over lines", "<!-- hidden\n\n# still -->\nshown", "shown"],
    ["a script element", "<script>alert(1)</script>", "alert(1)"],
    ["a type parameter", "returns Vec<T>", "returns Vec&lt;T&gt;"],
    ["a fold", "<details>\n<summary>More</summary>\n\n- one\n\n</details>", "More\n\n- one"],
    ["an override of direction", "ab\u202Ecd &#x202E;ef", "abcd ef"],
    ["control characters", "a\u0000b\u001B[31mc", "ab\\[31mc"],
    ["a heading", "## What's **new**", "**What's new**"],
    ["a task", "- [x] done", "- \\[x\\] done"],
    ["a diagram", "```mermaid\ngraph TD\n```", "```\ngraph TD\n```"],
    ["a code block", "```sh\nnpm i @types/node #1\n```", "```sh\nnpm i @types/node #1\n```"],
    ["an unclosed comment", "a <!-- b", "a &lt;!-- b"],
    ["text that looks like a list", "\\- not a list\n1\\. nor this", "\\- not a list\n1\\. nor this"],
  ])("write %s so that it only speaks", (_, markdown, expected) => {
    expect(sanitise(markdown)).toBe(expected);
  });

  it("drop relative links when no repository is known", () => {
    expect(sanitiseNotes("[guide](docs/guide.md)", {})).toBe("guide");
  });

  it("keep lists, quotes and tables", () => {
    const markdown = "1. one\n2. two\n   - inner\n\n> said\n\n| a | b |\n| --- | --- |\n| x \\| y | z |";
    expect(sanitise(markdown)).toBe(markdown);
  });

  it("are cut at a line end when they are huge, and say so", () => {
    const notes = sanitise("a line of text\n".repeat(400_000));
    expect(notes.length).toBeLessThan(MAX_INPUT + 100);
    expect(notes).toMatch(/a line of text\n\n\*The rest of these notes is too long to be shown\.\*$/);
  });

  it.each([
    ["brackets", "[".repeat(MAX_INPUT)],
    ["half links", "[a](".repeat(MAX_INPUT / 4)],
    ["quotes", ">".repeat(MAX_INPUT)],
    ["nested lists", Array.from({ length: 600 }, (_, depth) => `${" ".repeat(2 * depth)}- x`).join("\n")],
    ["open comments", "<!-- ".repeat(MAX_INPUT / 5)],
    ["open comments in lines", "<!--\n".repeat(MAX_INPUT / 5)],
    ["folds", "<details><summary>x</summary>".repeat(MAX_INPUT / 30)],
    ["emphasis", "**a *".repeat(MAX_INPUT / 5)],
    ["a wide table", `${"|a".repeat(3_000)}|\n${"|-".repeat(3_000)}|\n${"|b\n".repeat(30_000)}`],
    ["one reference, often", `[a]: https://x.example/${"z".repeat(1_900)}\n\n${"[a]".repeat(60_000)}`],
  ])("survive a bomb of %s within bounds", (_, bomb) => {
    expect(sanitise(bomb).length).toBeLessThan(MAX_INPUT * 4);
  });

  it("never mention, refer, load or run, whatever the text", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "@bob",
        "#12",
        "fixes #1",
        "GH-3",
        "GL-3",
        "[issue:3]",
        "o/r#4",
        "<img src=x>",
        "<script>",
        "<!--",
        "-->",
        "!",
        "![a](",
        "[x](",
        "javascript:1)",
        ")",
        "`",
        "```\n",
        "\n\n",
        "\n",
        "- ",
        "> ",
        "| a | b |\n|-|-|\n",
        "**",
        "_",
        "~~",
        "&#64;bob",
        "&lt;b&gt;",
        "https://github.com/o/r/issues/1",
        "\\",
        "<https://x.example>",
        "\u202E",
        "    ",
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const notes = sanitise(pieces.join(""));
        const outsideCode = github
          .render(notes)
          .replace(/<(code|pre)\b[^>]*>[\s\S]*?<\/\1>/g, "")
          .replace(/href="[^"]*"/g, "");
        expect(outsideCode).not.toMatch(
          /<(?!\/?(p|strong|em|s|a|ul|ol|li|blockquote|h[1-6]|table|thead|tbody|tr|th|td|hr|br|code|pre)\b)/,
        );
        expect(outsideCode).not.toMatch(/@\w|#\d|\bG[HL]-\d|\[issue:\d/i);
        expect(notes).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
        expect(outsideCode).not.toMatch(/https?:\/\/github\.com\/o\/r\/issues/);
        expect(github.render(notes)).not.toMatch(/href="(?!https?:)|href="https?:\/\/github\.com\/o\/r\/issues/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("release notes in a mail", () => {
  const notes = sanitise(
    "## New\n\n- by @bob in https://github.com/o/r/pull/5\n- `a < b`\n\n<b>bold</b> & [docs](https://docs.example/)",
  );

  it("become HTML without marks of the pull request", () => {
    const markup = toMarkup(notesToHtml(notes));
    expect(markup).toContain("by @bob in");
    expect(markup).toContain("<code>a &lt; b</code>");
    expect(markup).toContain('<a href="https://docs.example/" rel="noopener noreferrer nofollow">docs</a>');
    expect(markup).not.toMatch(/<img|<script|\u200B/);
  });

  it("become text with addresses beside their words", () => {
    expect(notesToText(notes)).toBe(
      "New\n\n- by @bob in o/r#5 <https://redirect.github.com/o/r/pull/5>\n- a < b\n\nbold & docs <https://docs.example/>",
    );
  });
});
