import MarkdownIt from "markdown-it";
import { expect } from "vitest";

/** What GitHub would make of Markdown: raw HTML allowed, as there. */
const github = new MarkdownIt({ html: true, linkify: true });
github.linkify.add("//", null); // GitHub makes links of addresses with a scheme, and of www ones

/** Control characters, words about direction, and half characters: nobody sees them. */
export const INVISIBLE =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\u202A-\u202E\u2066-\u2069]|[\uD800-\uDFFF](?<![\uD800-\uDBFF][\uDC00-\uDFFF])(?![\uDC00-\uDFFF])/;

const OURS =
  /^(?:!doctype|html|head|meta|title|style|body|div|h[1-6]|span|strong|em|s|code|pre|a|p|ul|ol|li|blockquote|table|thead|tbody|tr|th|td|hr|br|del)$/;
const ATTRIBUTES = /^(?:lang|charset|name|content|class|style|href|rel|start)$/;

/** Every element and attribute of a page must be one that we write, and every link must lead to the web. */
export function expectInert(html: string): void {
  const elements = html.matchAll(/<\/?([!a-zA-Z][^\s>/]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g);
  for (const [, name = "", attributes = ""] of elements) {
    if (!OURS.test(name.toLowerCase())) throw new Error(`an element <${name}> came through`);
    if (name.toLowerCase() === "!doctype") continue;
    for (const [, key = "", value = ""] of attributes.matchAll(/([^\s=/]+)(?:="([^"]*)")?/g))
      expectOurs(name, key, value);
  }
}

function expectOurs(name: string, key: string, value: string): void {
  if (!ATTRIBUTES.test(key)) throw new Error(`an attribute ${key} came through on <${name}>`);
  if (key === "href" && !/^https?:\/\//.test(value)) throw new Error(`a link to ${value.slice(0, 80)} came through`);
  if (key === "style" && /url|expression|import/i.test(value)) throw new Error("a style that loads came through");
}

/** Markdown as GitHub shows it: nobody is mentioned, nothing referred to, closed, loaded or run. */
export function expectInertOnGitHub(markdown: string): void {
  const html = github.render(
    markdown.replace(/<\/?details>|<\/?summary>|<!-- headgate candidate=[\w-]+ content=[0-9a-f]{32} -->/g, ""),
  );
  const shown = html.replace(/<(code|pre)\b[^>]*>[\s\S]*?<\/\1>/g, "");
  expectInert(html.replace(/ class="language-[^"]*"/g, ""));
  expect(shown.replace(/href="[^"]*"/g, "")).not.toMatch(/@\w|#\d|\bGH-\d/i);
  expect(html).not.toMatch(/href="https?:\/\/(www\.)?github\.com\/[^"/]+\/[^"/]+\/(issues|pull)\/(?!1")/);
  expect(markdown).not.toMatch(INVISIBLE);
}
