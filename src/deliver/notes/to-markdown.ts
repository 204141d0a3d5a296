import type { Token } from "markdown-it";
import { type InlinePlace, type TokenTree, toTree, writeBlocks } from "./blocks.ts";
import { codeBlock, codeSpan, escapeLineStarts, escapeMarkdown } from "./escape.ts";
import { type LinkOrigin, linkLabel, resolveLink } from "./links.ts";

/** Characters of addresses that one text may spend; a reference used ten thousand times is linked as often as fits. */
const LINK_BUDGET = 40_000;

/** Writes tokens as Markdown of our own making: one text per block of the top level. */
export function toMarkdownBlocks(tokens: readonly Token[], origin: LinkOrigin): string[] {
  const target = createTarget(origin);
  const inline = (children: readonly Token[], place: InlinePlace) =>
    tidy(writeInline(toTree(children), { place, target, insideLink: false }), place);
  return writeBlocks(tokens, { inline, code: codeBlock });
}

type InlineContext = {
  readonly place: InlinePlace;
  readonly insideLink: boolean;
  readonly target: (href: string) => string | undefined;
};

type InlineWriter = (node: TokenTree, context: InlineContext) => string;

const INLINES: Readonly<Record<string, InlineWriter>> = {
  text: ({ token }) => escapeMarkdown(token.content),
  text_special: ({ token }) => escapeMarkdown(token.content),
  code_inline: ({ token }, { place }) => (place === "cell" ? escapeMarkdown(token.content) : codeSpan(token.content)),
  softbreak: (_, { place }) => (place === "cell" ? " " : "\n"),
  hardbreak: (_, { place }) => (place === "cell" ? " " : "\\\n"),
  strong_open: (node, context) => wrap(node, context, context.place === "heading" ? "" : "**"),
  em_open: (node, context) => wrap(node, context, "*"),
  s_open: (node, context) => wrap(node, context, "~~"),
  link_open: writeLink,
  image: writeImage,
};

function writeInline(nodes: readonly TokenTree[], context: InlineContext): string {
  return nodes.map((node) => INLINES[node.token.type]?.(node, context) ?? "").join("");
}

function wrap(node: TokenTree, context: InlineContext, mark: string): string {
  const text = writeInline(node.children, context);
  return text.trim() === "" ? text : `${mark}${text}${mark}`;
}

function writeLink(node: TokenTree, context: InlineContext): string {
  const url = context.target(String(node.token.attrGet("href") ?? ""));
  const text = writeInline(node.children, { ...context, insideLink: true });
  if (url === undefined) return text;
  const bare = node.token.info === "auto";
  const label = bare ? escapeMarkdown(linkLabel(url)) : text;
  return label.trim() === "" ? "" : `[${label}](${url})`;
}

/** Nothing is loaded: a picture is a link to it, and inside a link its description. */
function writeImage({ token }: TokenTree, context: InlineContext): string {
  const label = escapeMarkdown(token.content.trim());
  const url = context.insideLink ? undefined : context.target(String(token.attrGet("src") ?? ""));
  return url === undefined ? label : `[${label === "" ? "image" : label}](${url})`;
}

function createTarget(origin: LinkOrigin): InlineContext["target"] {
  let left = LINK_BUDGET;
  return (href) => {
    const url = resolveLink(href, origin);
    if (url === undefined || url.length > left) return undefined;
    left -= url.length;
    return url;
  };
}

/** Headings become bold lines, so that they do not compete with those of the text they stand in. */
function tidy(text: string, place: InlinePlace): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== "\\");
  const last = lines.length - 1;
  const tidied = lines.map((line, index) => (index === last ? line.replace(/(?<!\\)\\$/, "") : line));
  if (place === "paragraph") return escapeLineStarts(tidied.join("\n"));
  const line = tidied.map((part) => part.replace(/(?<!\\)\\$/, "")).join(" ");
  return place === "heading" && line !== "" ? `**${line}**` : line;
}
