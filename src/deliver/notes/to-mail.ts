import MarkdownIt, { type MarkdownIt as Parser, type Token } from "markdown-it";
import { type Html, trusted } from "../../views/html.ts";
import { plain } from "../../views/plain.ts";
import { writeBlocks } from "./blocks.ts";

/** Sanitised notes as HTML for a mail or a page: no images, no attributes but the links' own. */
export function notesToHtml(sanitised: string): Html {
  return trusted(reader.render(sanitised));
}

/** Sanitised notes as text: what a reader sees, with the addresses of links beside their words. */
export function notesToText(sanitised: string): string {
  return writeBlocks(reader.parse(sanitised, {}), { inline: inlineText, code: (content) => content.trimEnd() }).join(
    "\n\n",
  );
}

const reader = createReader();

function createReader(): Parser {
  const markdown = new MarkdownIt("default", { html: false, linkify: false, breaks: true, maxNesting: 30 }).disable(
    "image",
  );
  const { rules } = markdown.renderer;
  rules.text = (tokens, index) => markdown.utils.escapeHtml(plain(tokens[index]?.content ?? ""));
  rules.link_open = (...[tokens, index, options, , renderer]) => {
    tokens[index]?.attrSet("rel", "noopener noreferrer nofollow");
    return renderer.renderToken(tokens, index, options);
  };
  return markdown;
}

function inlineText(tokens: readonly Token[]): string {
  const out: string[] = [];
  let link: { readonly start: number; readonly url: string } | undefined;
  for (const token of tokens) {
    if (token.type === "softbreak" || token.type === "hardbreak") out.push("\n");
    else if (token.type === "link_open") link = { start: out.length, url: String(token.attrGet("href") ?? "") };
    else if (token.type === "link_close" && link !== undefined) {
      const label = out.splice(link.start).join("");
      out.push(link.url.endsWith(label) ? link.url : `${label} <${link.url}>`);
      link = undefined;
    } else out.push(plain(token.content));
  }
  return out.join("");
}
