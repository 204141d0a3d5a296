import { type Digest, sortAlerts } from "../../domain/digest.ts";
import { type Html, html, toMarkup } from "../../views/html.ts";
import {
  anchor,
  badge,
  card,
  inlineCode,
  mailPage,
  mailSection,
  marked,
  quiet,
  quietWords,
  quoted,
  row,
  withCode,
} from "../../views/mail.ts";
import { plainLine } from "../../views/plain.ts";
import { underline, wrap } from "../../views/text.ts";
import { count } from "../../views/words.ts";
import { notesToHtml, notesToText } from "../notes/to-mail.ts";
import { digestCounts, watchedLine } from "./digest/counts.ts";
import type { Item, Section } from "./digest/item.ts";
import { digestSections } from "./digest/sections.ts";
import { code, fold, link, prose, proseToCopy } from "./markdown.ts";

/** Bytes of HTML in one mail: Gmail cuts messages at about 102 KB, and hides what says so. */
export const MAX_HTML = 90_000;

/** Characters of the text form. */
const MAX_TEXT = 100_000;

/** Characters of the Markdown form, which is attached when a mail cannot hold everything. */
const MAX_MARKDOWN = 2_000_000;

/** Kept for the sections that follow, so that a long one does not hide them. */
const SECTION_SHARE = 4_000;

/** A mail, before it is sent. `attachments`: the whole digest as Markdown, where the mail had to leave something out. */
export type DigestText = {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: string;
  }[];
};

/** Writes a digest as a mail: both forms say the same, in the order of urgency. */
export function renderDigest(digest: Digest): DigestText {
  const sections = digestSections(digest);
  const page = cutSections(sections, MAX_HTML - 6_000, htmlItem, (piece) => Buffer.byteLength(toMarkup(piece)));
  const isCut = page.some(({ left }) => left > 0);
  const attached = {
    filename: `digest-${digest.until.slice(0, 10)}.md`,
    contentType: "text/markdown; charset=utf-8",
    content: isCut ? writeMarkdown(digest, sections, { notes: false }) : "",
  };
  return {
    subject: subjectOf(digest),
    html: renderHtml(digest, page),
    text: renderText(digest, sections),
    attachments: isCut ? [attached] : [],
  };
}

/** The same digest as Markdown: for a terminal, an issue, a file. */
export function renderDigestMarkdown(digest: Digest): string {
  return writeMarkdown(digest, digestSections(digest), { notes: true });
}

function writeMarkdown(digest: Digest, sections: readonly Section[], { notes }: { readonly notes: boolean }): string {
  const head = [`# ${prose(digest.title)}`, `${digestCounts(digest)}. ${watchedLine(digest)}`];
  const write = (item: Item) => markdownItem(item, notes);
  const parts = cutSections(sections, MAX_MARKDOWN, write, (text) => text.length);
  const body = parts.flatMap(({ section, pieces, left }) => [
    `## ${section.heading} (${section.items.length})`,
    pieces.join("\n"),
    ...leftLine(left, "headgate plan lists all of them").map((line) => `*${line}*`),
  ]);
  return `${[...head, ...body].join("\n\n")}\n`;
}

/** `[Headgate] malcolm: 3 updates, 1 for security; 1 overdue, 2 alerts`: of what nobody looks after yet. */
function subjectOf(digest: Digest): string {
  const { overdue, unlisted, others } = sortAlerts(digest);
  const late = [...overdue.map(({ alert }) => alert), ...unlisted].filter((alert) => alert?.state !== "acknowledged");
  const open = others.filter((alert) => alert.state === "open").length;
  const urgent = [late.length > 0 && `${late.length} overdue`, open > 0 && count(open, "alert")].filter(Boolean);
  return plainLine(`[Headgate] ${[digest.title, urgent.join(", ")].filter(Boolean).join("; ")}`, 150);
}

function renderHtml(digest: Digest, parts: readonly CutSection<Html>[]): string {
  const body = parts.map(({ section, pieces, left }) =>
    mailSection(`${section.heading} (${section.items.length})`, section.tone, [
      ...pieces,
      ...leftLine(left, ATTACHED).map((line) => quiet(line)),
    ]),
  );
  const counts = digestCounts(digest);
  return toMarkup(
    mailPage({
      title: plainLine(digest.title, 200),
      preview: counts,
      body: [quiet(counts), ...body, html`<div style="height:20px"></div>`, quiet(watchedLine(digest)), quiet(FOOTER)],
    }),
  );
}

const ATTACHED = "the attached file has all of them";

const FOOTER = "Headgate proposes, waits and holds; it merges nothing. Project trust only lengthens waits.";

function htmlItem(item: Item): Html {
  const heading = html`<strong>${anchor(item.title, item.url)}</strong>${item.isNew === true && badge("new")}`;
  if (item.compact === true) {
    const facts = item.facts.map((fact) => html` · ${fact.mark} ${linked(fact)}`);
    return row([heading, quietWords(` ${item.about.join(" · ")}`), quietWords(facts)]);
  }
  const lines = item.facts.map((fact) => marked(fact.tone, fact.mark, linked(fact)));
  const about = item.about.length === 0 ? [] : [quiet(item.about.join(" · "))];
  const command = item.command === undefined ? [] : [html`<div style="margin:4px 0">${inlineCode(item.command)}</div>`];
  const notes = item.notes === undefined ? [] : [quoted(notesToHtml(item.notes()))];
  return card([heading, ...about, ...lines, ...command, ...notes]);
}

/** A fact with its link behind it. Addresses in what others wrote stay text. */
function linked({ text, url }: Item["facts"][number]): Html {
  const words = withCode(text === "" ? "" : `${text} `);
  return url === undefined ? withCode(text) : html`${words}${anchor(url.replace("https://", ""), url)}`;
}

function renderText(digest: Digest, sections: readonly Section[]): string {
  const parts = cutSections(sections, MAX_TEXT, textItem, (text) => text.length);
  const body = parts.flatMap(({ section, pieces, left }) => [
    `\n${underline(`${section.heading.toUpperCase()} (${section.items.length})`)}`,
    ...pieces,
    ...leftLine(left, ATTACHED),
  ]);
  return `${[underline(digest.title), wrap(digestCounts(digest)), ...body, "", "-- ", wrap(watchedLine(digest)), wrap(FOOTER)].join("\n\n").replace(/\n{3,}/g, "\n\n\n")}\n`;
}

function textItem(item: Item): string {
  const title = item.isNew === true ? `${item.title} (new)` : item.title;
  const url = item.url === undefined ? [] : [`    ${plainLine(item.url, 2_000)}`];
  const facts = item.facts.map((fact) =>
    wrap(`${fact.mark}: ${fact.text} ${fact.url ?? ""}`.trim().replace(/:$/, ""), "      ", "    "),
  );
  if (item.compact === true)
    return [wrap([title, ...item.about].join(", "), "    ", "  * "), ...url, ...facts].join("\n");
  const notes = item.notes === undefined ? [] : [notesToText(item.notes()).split("\n").map(barred).join("\n")];
  return [
    wrap(title, "    ", "  * "),
    ...(item.about.length === 0 ? [] : [wrap(item.about.join(", "), "    ")]),
    ...url,
    ...facts,
    ...(item.command === undefined ? [] : [`    $ ${plainLine(item.command)}`]),
    ...notes,
  ].join("\n");
}

/** A line of notes after a bar, indented as it was. */
function barred(line: string): string {
  if (line === "") return "    |";
  const lead = /^ {0,12}/.exec(line)?.[0] ?? "";
  return wrap(line.trim(), `    | ${lead}  `, `    | ${lead}`);
}

function markdownItem(item: Item, withNotes: boolean): string {
  const facts = item.facts.map((fact) => `${prose(fact.mark, 60)}: ${proseWithLink(fact)}`.replace(/: $/, ""));
  const title = link(`**${prose(item.title)}**`, item.url);
  const about = item.about.map((part) => prose(part)).join(", ");
  const head = `- ${title}${item.isNew === true ? " (new)" : ""}${about === "" ? "" : `: ${about}`}`;
  if (item.compact === true) return [head, ...facts].join("; ");
  const command = item.command === undefined ? [] : [code(item.command)];
  const lines = [...facts, ...command].map((line) => `  - ${line}`);
  const notes = withNotes && item.notes !== undefined ? [indented(fold("Release notes", item.notes()))] : [];
  return [head, ...lines, ...notes].join("\n");
}

function proseWithLink({ text, url }: Item["facts"][number]): string {
  const words = proseToCopy(text, 1_000);
  return url === undefined ? words : `${words} ${link(prose(url.replace("https://", "")), url)}`.trim();
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
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

function leftLine(left: number, where: string): string[] {
  return left === 0 ? [] : [`and ${left} more: ${where}.`];
}
