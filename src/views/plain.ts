/**
 * Text from outside without what a reader cannot see and a renderer may obey: control characters, bidirectional
 * overrides (https://www.unicode.org/reports/tr9/, "Trojan Source"), zero-width marks, tag characters, lone surrogates.
 * The joiners U+200C and U+200D stay: scripts and emoji need them. Line ends become `\n`.
 */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g, "")
    .replace(/[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g, "")
    .replace(/[\u{E0000}-\u{E007F}]/gu, "");
}

/** One line of plain text, at most `limit` characters: subjects, titles, table cells. */
export function plainLine(text: string, limit = 300): string {
  const line = plain(text).replace(/\s+/g, " ").trim();
  return line.length <= limit
    ? line
    : `${line
        .slice(0, limit - 1)
        .toWellFormed()
        .trimEnd()}…`;
}
