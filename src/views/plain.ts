/**
 * Text from outside without what a reader cannot see and a renderer may obey: control characters, bidirectional
 * overrides (https://www.unicode.org/reports/tr9/, "Trojan Source"), zero-width marks, fillers, tag characters, lone
 * surrogates. Joiners (U+200C, U+200D) and U+FE00 to U+FE0F stay: scripts and emoji need them. Line ends become `\n`.
 */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g, "")
    .replace(/(?!\u200C|\u200D|[\uFE00-\uFE0F])[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu, "");
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
