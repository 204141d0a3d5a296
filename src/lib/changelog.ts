/** Characters of a changelog that are read: GitHub gives no more of a file either. */
const MAX_TEXT = 600_000;

/** Characters of a heading that are looked at. */
const MAX_HEADING = 300;

type Heading = {
  readonly line: number;
  readonly body: number;
  readonly level: number;
  readonly versions: readonly string[];
};

/**
 * What a changelog says of one version: the text below its heading, up to the heading of another version or one of the
 * same rank. Headings are those of Keep a Changelog (`## [1.2.3] - 2026-01-31`), `## v1.2.3`, `# tool@1.2.3`, and lines
 * that are underlined, as in reStructuredText (`1.2.3 (2026-01-31)` above `====`). Undefined where it has none, or
 * nothing below it. Linear in the text.
 */
export function changelogSection(text: string, version: string): string | undefined {
  const lines = text.slice(0, MAX_TEXT).split(/\r?\n/);
  const headings = headingsOf(lines);
  const wanted = withoutV(version);
  const start = headings.findIndex((heading) => heading.versions.includes(wanted));
  const heading = headings[start];
  if (heading === undefined) return undefined;
  const next = headings.slice(start + 1).find((one) => one.versions.length > 0 || one.level <= heading.level);
  const section = lines.slice(heading.body, next?.line).join("\n").trim();
  return section === "" ? undefined : section;
}

function headingsOf(lines: readonly string[]): Heading[] {
  const found: Heading[] = [];
  let fence: string | undefined;
  for (const [index, line] of lines.entries()) {
    const mark = /^\s{0,3}(```|~~~(?!~))/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined ? headingAt(lines, index) : undefined;
    if (heading !== undefined) found.push(heading);
  }
  return found;
}

function headingAt(lines: readonly string[], index: number): Heading | undefined {
  const line = lines[index] ?? "";
  const [, marks, text] = /^(#{1,6})\s+(.*)$/.exec(line.slice(0, MAX_HEADING)) ?? [];
  if (marks !== undefined)
    return { line: index, body: index + 1, level: marks.length, versions: versionsIn(text ?? "") };
  const rank = underlineRank(lines[index + 1] ?? "");
  if (rank === undefined || line.trim() === "" || underlineRank(line) !== undefined) return undefined;
  const above = underlineRank(lines[index - 1] ?? "") === rank ? index - 1 : index;
  return { line: above, body: index + 2, level: rank, versions: versionsIn(line.slice(0, MAX_HEADING)) };
}

/** Both Markdown and reStructuredText underline; the order of the marks is that of most projects. */
function underlineRank(line: string): number | undefined {
  const mark = /^([=\-~^*"+])\1{2,}\s*$/.exec(line)?.[1];
  return mark === undefined ? undefined : '=-~^*"+'.indexOf(mark) + 1;
}

/** The versions that a heading is about. `Changes since 1.2.2` is about none of those it names. */
function versionsIn(heading: string): string[] {
  if (/\b(?:since|from|compared)\b/i.test(heading)) return [];
  const words = heading.replace(/\]\([^)]{0,500}\)/g, "]").match(/\d[0-9A-Za-z.+_-]*|v\d[0-9A-Za-z.+_-]*/g) ?? [];
  return words
    .slice(0, 2)
    .filter(isVersion)
    .map((word) => withoutV(word.replace(/(?<![.,:_-])[.,:_-]+$/, "")));
}

/** A day is no version, although it has numbers. */
function isVersion(word: string): boolean {
  return !/^\d{4}-\d{2}-\d{2}$/.test(word);
}

function withoutV(version: string): string {
  return version.replace(/^v(?=\d)/, "");
}
