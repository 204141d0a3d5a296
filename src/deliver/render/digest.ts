import type { Digest } from "../../domain/digest.ts";
import { type Html, html, toMarkup } from "../../views/html.ts";
import { anchor, card, inlineCode, mailPage, mailSection, marked, quiet } from "../../views/mail.ts";
import { plainLine } from "../../views/plain.ts";
import { underline, wrap } from "../../views/text.ts";
import { count } from "../../views/words.ts";
import { notesToHtml, notesToText } from "../notes/to-mail.ts";
import { digestCounts, digestSections, type Item, type Section, watchedLine } from "./digest-items.ts";
import { code, link, prose } from "./markdown.ts";

/** Bytes of HTML in one mail: Gmail cuts messages at about 102 KB, and hides what says so. */
export const MAX_HTML = 90_000;

/** Characters of the text and Markdown forms. */
const MAX_TEXT = 200_000;

/** Kept for the sections that follow, so that a long one does not hide them. */
const SECTION_SHARE = 4_000;

/** A mail, before it is sent. */
export type DigestText = { readonly subject: string; readonly html: string; readonly text: string };

/** Writes a digest as a mail: both forms say the same, in the order of urgency. */
export function renderDigest(digest: Digest): DigestText {
  const sections = digestSections(digest);
  return { subject: subjectOf(digest), html: renderHtml(digest, sections), text: renderText(digest, sections) };
}

/** The same digest as Markdown: for a terminal, an issue, a file. */
export function renderDigestMarkdown(digest: Digest): string {
  const head = [`# ${prose(digest.title)}`, `${digestCounts(digest)}. ${watchedLine(digest)}`];
  const parts = cutSections(
    digestSections(digest),
    MAX_TEXT,
    (item) => markdownItem(item),
    (text) => text.length,
  );
  return `${[...head, ...parts.flatMap(({ section, pieces, left }) => [`## ${section.heading} (${section.items.length})`, ...pieces, ...leftLine(left).map((line) => `*${line}*`)])].join("\n\n")}\n`;
}

/** `[Headgate] malcolm: 3 updates, 1 for security; 2 alerts`. */
function subjectOf(digest: Digest): string {
  const open = digest.alerts.filter((alert) => alert.state === "open").length;
  const alerts = open === 0 ? "" : `; ${count(open, "alert")}`;
  return plainLine(`[Headgate] ${digest.title}${alerts}`, 150);
}

function renderHtml(digest: Digest, sections: readonly Section[]): string {
  const parts = cutSections(sections, MAX_HTML - 6_000, htmlItem, (piece) => Buffer.byteLength(toMarkup(piece)));
  const body = parts.map(({ section, pieces, left }) =>
    mailSection(`${section.heading} (${section.items.length})`, section.tone, [
      ...pieces,
      ...leftLine(left).map((line) => quiet(line)),
    ]),
  );
  const counts = digestCounts(digest);
  return toMarkup(
    mailPage({
      title: digest.title,
      preview: counts,
      body: [quiet(counts), ...body, html`<div style="height:20px"></div>`, quiet(watchedLine(digest)), quiet(FOOTER)],
    }),
  );
}

const FOOTER = "Headgate proposes, waits and holds; it merges nothing. Project trust only lengthens waits.";

function htmlItem(item: Item): Html {
  const lines = item.facts.map((fact) => marked(fact.tone, fact.mark, fact.text));
  const about = item.about.length === 0 ? [] : [quiet(item.about.join(" · "))];
  const command = item.command === undefined ? [] : [html`<div style="margin:4px 0">${inlineCode(item.command)}</div>`];
  const notes =
    item.notes === undefined
      ? []
      : [
          html`<div class="hg-quiet" style="margin-top:8px;border-left:3px solid #d8dee4;padding-left:10px;font-size:13px">${notesToHtml(item.notes)}</div>`,
        ];
  return card([html`<strong>${anchor(item.title, item.url)}</strong>`, ...about, ...lines, ...command, ...notes]);
}

function renderText(digest: Digest, sections: readonly Section[]): string {
  const parts = cutSections(sections, MAX_TEXT, textItem, (text) => text.length);
  const body = parts.flatMap(({ section, pieces, left }) => [
    `\n${underline(`${section.heading.toUpperCase()} (${section.items.length})`)}`,
    ...pieces,
    ...leftLine(left),
  ]);
  return `${[underline(digest.title), wrap(digestCounts(digest)), ...body, "", "-- ", wrap(watchedLine(digest)), wrap(FOOTER)].join("\n\n").replace(/\n{3,}/g, "\n\n\n")}\n`;
}

function textItem(item: Item): string {
  const facts = item.facts.map((fact) => wrap(`${fact.mark}: ${fact.text}`.replace(/: $/, ""), "      ", "    "));
  const notes =
    item.notes === undefined
      ? []
      : [
          notesToText(item.notes)
            .split("\n")
            .map((line) => (line === "" ? "    |" : wrapQuoted(line)))
            .join("\n"),
        ];
  return [
    wrap(item.title, "    ", "  * "),
    ...(item.about.length === 0 ? [] : [wrap(item.about.join(", "), "    ")]),
    ...(item.url === undefined ? [] : [`    ${plainLine(item.url, 2_000)}`]),
    ...facts,
    ...(item.command === undefined ? [] : [`    $ ${plainLine(item.command)}`]),
    ...notes,
  ].join("\n");
}

/** A line of notes after a bar, indented as it was. */
function wrapQuoted(line: string): string {
  const lead = /^ {0,12}/.exec(line)?.[0] ?? "";
  return wrap(line.trim(), `    | ${lead}  `, `    | ${lead}`);
}

function markdownItem(item: Item): string {
  const facts = item.facts.map((fact) => `  - ${prose(fact.mark, 60)}: ${prose(fact.text, 1_000)}`.replace(/: $/, ""));
  const about = item.about.length === 0 ? "" : `: ${item.about.map((part) => prose(part)).join(", ")}`;
  const command = item.command === undefined ? [] : [`  - ${code(item.command)}`];
  return [`- ${link(`**${prose(item.title)}**`, item.url)}${about}`, ...facts, ...command].join("\n");
}

type CutSection<Piece> = { readonly section: Section; readonly pieces: readonly Piece[]; readonly left: number };

/** Whole items until the room is used; every section that follows keeps a share of it. */
function cutSections<Piece>(
  sections: readonly Section[],
  room: number,
  write: (item: Item) => Piece,
  size: (piece: Piece) => number,
): CutSection<Piece>[] {
  let left = room;
  return sections.map((section, index) => {
    const limit = left - (sections.length - index - 1) * SECTION_SHARE - 500;
    const pieces: Piece[] = [];
    let used = 0;
    for (const item of section.items) {
      const piece = write(item);
      if (used + size(piece) > limit) break;
      used += size(piece);
      pieces.push(piece);
    }
    left -= used + 500;
    return { section, pieces, left: section.items.length - pieces.length };
  });
}

function leftLine(left: number): string[] {
  return left === 0 ? [] : [`and ${left} more: headgate plan lists all of them.`];
}
