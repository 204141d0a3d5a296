import type { Span } from "./pieces.ts";

/** A setting of an INI file: the lines of its value, without comments and surrounding space. */
export type IniSetting = { readonly section: string; readonly key: string; readonly lines: readonly Span[] };

type Growing = { section: string; key: string; lines: Span[] };

/**
 * Reads INI as Python's configparser does (https://docs.python.org/3/library/configparser.html#supported-ini-file-structure):
 * indented lines continue a value; `#` and `;` begin a comment at a line's start and after a blank.
 */
export function readIni(text: string): readonly IniSetting[] {
  const settings: Growing[] = [];
  let section = "";
  let current: Growing | undefined;
  let start = 0;
  for (const line of text.split("\n")) {
    const span = contentOf(line, start);
    start += line.length + 1;
    if (span === undefined) continue;
    const content = text.slice(span.start, span.end);
    if (/^[ \t]/.test(line) && current !== undefined) current.lines.push(span);
    else if (content.startsWith("[")) {
      section = content.slice(1, content.includes("]") ? content.indexOf("]") : content.length).trim();
      current = undefined;
    } else {
      current = settingOf(section, content, span);
      if (current !== undefined) settings.push(current);
    }
  }
  return settings;
}

/** A line without comments and surrounding space; undefined when nothing is left. */
function contentOf(line: string, start: number): Span | undefined {
  const comment = line.search(/(?:^|\s)[#;]/);
  const visible = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  const from = visible.length - visible.trimStart().length;
  return visible === "" ? undefined : { start: start + from, end: start + visible.length };
}

function settingOf(section: string, content: string, span: Span): Growing | undefined {
  const at = content.search(/[=:]/);
  if (at <= 0) return undefined;
  const value = content.slice(at + 1);
  const first = { start: span.end - value.trimStart().length, end: span.end };
  return { section, key: content.slice(0, at).trimEnd(), lines: first.start < first.end ? [first] : [] };
}
