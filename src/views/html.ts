import { plain } from "./plain.ts";

/** Markup that is safe to send. Only `html`, `join` and `trusted` make one, so that text cannot slip in unescaped. */
export type Html = { readonly [markup]: string };

/** What may stand in a hole: text and numbers are escaped, lists are joined, nothing and `false` print nothing. */
export type Hole = Html | string | number | undefined | false | readonly Hole[];

const markup = Symbol("markup");

/** Builds markup from a template; every hole is stripped of invisible characters and escaped unless it is `Html` itself. */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return trusted(parts.map((part, index) => part + (index < holes.length ? fill(holes[index]) : "")).join(""));
}

/** Markup that something else has made safe: a constant of ours, or a renderer that escapes. Never text from outside. */
export function trusted(text: string): Html {
  return { [markup]: text };
}

/** The markup as text. */
export function toMarkup(value: Html): string {
  return value[markup];
}

/** Pieces one after another, with markup between them. */
export function join(pieces: readonly Html[], separator: Html = trusted("")): Html {
  return trusted(pieces.map(toMarkup).join(toMarkup(separator)));
}

/** An address that may be linked to: http and https only, without a user name; undefined for everything else. */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const web = parsed.protocol === "https:" || parsed.protocol === "http:";
  return web && parsed.username === "" && parsed.password === "" && url.length <= 2_000 ? parsed.href : undefined;
}

function fill(hole: Hole): string {
  if (hole === undefined || hole === false) return "";
  if (typeof hole === "number") return String(hole);
  if (typeof hole === "string") return escapeHtml(hole);
  return isList(hole) ? hole.map(fill).join("") : toMarkup(hole);
}

function isList(hole: Html | readonly Hole[]): hole is readonly Hole[] {
  return Array.isArray(hole);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
