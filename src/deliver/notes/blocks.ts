import type { Token } from "markdown-it";

/** Where inline text stands. */
export type InlinePlace = "paragraph" | "heading" | "cell";

/** How the leaves of a document are written. */
export type Writer = {
  /** One paragraph, heading or table cell. */
  readonly inline: (tokens: readonly Token[], place: InlinePlace) => string;
  readonly code: (content: string, language: string) => string;
};

/** A token with what stands between it and its closing token. */
export type TokenTree = { readonly token: Token; readonly children: readonly TokenTree[] };

/** Pairs opening and closing tokens. The parser's nesting limit bounds the depth. */
export function toTree(tokens: readonly Token[]): TokenTree[] {
  const top: TokenTree[] = [];
  const open = [top];
  for (const token of tokens) {
    if (token.nesting < 0) open.pop();
    else {
      const children: TokenTree[] = [];
      open.at(-1)?.push({ token, children });
      if (token.nesting > 0) open.push(children);
    }
  }
  return top;
}

/** Writes tokens as lists, quotes and tables of lines: one text per block of the top level. Anything unknown is left out. */
export function writeBlocks(tokens: readonly Token[], writer: Writer): string[] {
  return writeAll(toTree(tokens), writer);
}

type BlockWriter = (node: TokenTree, writer: Writer) => string;

const BLOCKS: Readonly<Record<string, BlockWriter>> = {
  paragraph_open: (node, writer) => inlineOf(node, writer, "paragraph"),
  heading_open: (node, writer) => inlineOf(node, writer, "heading"),
  blockquote_open: (node, writer) => indent(writeAll(node.children, writer).join("\n\n"), "> ", "> "),
  bullet_list_open: (node, writer) => writeList(node, writer, () => "- "),
  ordered_list_open: (node, writer) => {
    const first = Number(node.token.attrGet("start") ?? 1);
    return writeList(node, writer, (index) => `${first + index}. `);
  },
  table_open: writeTable,
  fence: ({ token }, writer) => writer.code(token.content, token.info.trim().split(/\s/)[0] ?? ""),
  code_block: ({ token }, writer) => writer.code(token.content, ""),
  hr: () => "---",
};

function writeAll(nodes: readonly TokenTree[], writer: Writer): string[] {
  return nodes.map((node) => BLOCKS[node.token.type]?.(node, writer) ?? "").filter((block) => block !== "");
}

function inlineOf(node: TokenTree, writer: Writer, place: InlinePlace): string {
  return node.children.map((child) => writer.inline(child.token.children ?? [], place)).join("");
}

function writeList(node: TokenTree, writer: Writer, marker: (index: number) => string): string {
  const between = node.children.some(isLoose) ? "\n\n" : "\n";
  return node.children
    .map((item, index) => {
      const text = writeAll(item.children, writer).join(between);
      return indent(text, marker(index), " ".repeat(marker(index).length));
    })
    .filter((item) => item !== "")
    .join(between);
}

function isLoose(item: TokenTree): boolean {
  return item.children.some((child) => child.token.type === "paragraph_open" && !child.token.hidden);
}

function writeTable(node: TokenTree, writer: Writer): string {
  const rows = node.children.flatMap((part) => part.children);
  const columns = rows[0]?.children.length ?? 0;
  const lines = rows.map((row) => `| ${row.children.map((cell) => inlineOf(cell, writer, "cell")).join(" | ")} |`);
  return lines.toSpliced(1, 0, `|${" --- |".repeat(columns)}`).join("\n");
}

function indent(text: string, first: string, others: string): string {
  if (text === "") return "";
  return text
    .split("\n")
    .map((line, index) => (index === 0 ? first : line === "" ? others.trimEnd() : others) + line)
    .join("\n");
}
