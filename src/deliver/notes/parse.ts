import MarkdownIt, { type MarkdownIt as Parser, type StateBlock, type StateInline, type Token } from "markdown-it";
import { plain } from "../../views/plain.ts";

/** Characters of one text that are read. Longer ones are cut at a line end before they are parsed. */
export const MAX_INPUT = 200_000;

/** Quotes and lists nested deeper than this are not read. */
const MAX_NESTING = 20;

/** Elements that upstreams write in notes. Their tags are dropped and their text is kept; other angle brackets are text. */
const TAG =
  /<(\/?)(a|abbr|b|blockquote|br|center|code|dd|del|details|div|dl|dt|em|font|form|h[1-6]|hr|i|iframe|img|input|ins|kbd|li|link|meta|object|ol|p|picture|pre|q|s|samp|script|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|video)(?=[\s/>])[^<>]{0,2000}>/iy;

const BREAKS = new Set(["br", "li", "/p", "/div", "/tr", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6", "/summary"]);

/** Upstream Markdown as tokens. No HTML token is ever made: known tags and comments vanish, other markup is text. */
export function parseNotes(markdown: string): Token[] {
  return parser.parse(cut(plain(markdown.slice(0, MAX_INPUT * 2))), {});
}

/** True when a text is longer than what is read of it. */
export function isCut(markdown: string): boolean {
  return markdown.length > MAX_INPUT;
}

const parser = createParser();

function createParser(): Parser {
  const markdown = new MarkdownIt("default", {
    html: false,
    linkify: true,
    typographer: false,
    maxNesting: MAX_NESTING,
  });
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  markdown.linkify.add("ftp:", null).add("mailto:", null).add("//", null);
  markdown.validateLink = () => true; // every address is judged when it is written: see links.ts
  markdown.inline.ruler.before("autolink", "dropped-tag", dropTag);
  markdown.block.ruler.before("fence", "dropped-comment", dropComment, { alt: ["paragraph", "blockquote", "list"] });
  return markdown;
}

function dropTag(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== 0x3c) return false;
  if (state.src.startsWith("<!--", state.pos)) {
    const end = commentEnd(state, state.pos);
    if (end === undefined) return false;
    state.pos = end;
    return true;
  }
  TAG.lastIndex = state.pos;
  const [text, slash, name] = TAG.exec(state.src) ?? [];
  if (text === undefined) return false;
  if (!silent && BREAKS.has(`${slash}${name?.toLowerCase()}`)) state.push("hardbreak", "br", 0);
  state.pos += text.length;
  return true;
}

/** A comment that begins a line goes as a whole, blank lines included, as in CommonMark's second kind of HTML block. */
function dropComment(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const start = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
  if (!state.src.startsWith("<!--", start)) return false;
  const end = commentEnd(state, start);
  if (end === undefined) return false;
  if (silent) return true;
  let line = startLine;
  while (line < endLine - 1 && (state.eMarks[line] ?? 0) < end) line++;
  state.line = line + 1;
  return true;
}

/** Where a comment ends. That none does is remembered, or a text of nothing but `<!--` would be searched once for each. */
function commentEnd(state: StateBlock | StateInline, start: number): number | undefined {
  const known = state.env.unclosed as { readonly src: string; readonly from: number } | undefined;
  if (known?.src === state.src && start >= known.from) return undefined;
  const end = state.src.indexOf("-->", start + 4);
  if (end < 0) state.env.unclosed = { src: state.src, from: start };
  return end < 0 ? undefined : end + 3;
}

function cut(text: string): string {
  if (text.length <= MAX_INPUT) return text;
  const lineEnd = text.lastIndexOf("\n", MAX_INPUT);
  return text.slice(0, lineEnd > 0 ? lineEnd : MAX_INPUT).toWellFormed();
}
