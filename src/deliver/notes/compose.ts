import type { PassedRelease } from "../../domain/release.ts";
import { safeUrl } from "../../views/html.ts";
import { plainLine } from "../../views/plain.ts";
import { day } from "../../views/time.ts";
import { repositoryPage } from "../../views/upstream-page.ts";
import { escapeMarkdown } from "./escape.ts";
import type { QuietLink } from "./links.ts";
import { sanitiseBlocks } from "./sanitise.ts";

/** How deep the headings are, and what becomes of links that the reader's forge would act upon. */
type NotesStyle = { readonly depth?: number; readonly quietLink?: QuietLink | undefined };

/** Room kept for the line that says what was left out. */
const CLOSING = 400;

/**
 * The notes of the given releases, newest first, as Markdown of at most `budget` characters. Whole releases are kept or
 * left out; only when not even the newest fits is it cut, between two of its blocks. What is left out is said, with a
 * link. Empty when no release has notes. Each release has a heading of the level `depth`.
 */
export function composeNotes(
  releases: readonly PassedRelease[],
  budget: number,
  { depth = 4, quietLink }: NotesStyle = {},
): string {
  const sections: string[] = [];
  const withNotes = releases.filter((release) => (release.notes ?? "").trim() !== "");
  let left = budget - CLOSING;
  for (const [index, release] of withNotes.entries()) {
    const section = composeSection(release, index === 0 ? left : Number.POSITIVE_INFINITY, {
      level: "#".repeat(depth),
      quietLink,
    });
    if (section.length + 2 > left) return [...sections, leftOut(withNotes.slice(index))].join("\n\n");
    sections.push(section);
    left -= section.length + 2;
  }
  return [...sections, ...silent(releases, withNotes)].join("\n\n");
}

function composeSection(
  release: PassedRelease,
  limit: number,
  { level, quietLink }: { readonly level: string; readonly quietLink: QuietLink | undefined },
): string {
  const url = safeUrl(release.notesUrl);
  const name = escapeMarkdown(plainLine(release.tag, 100));
  const date = release.publishedAt === undefined ? "" : `, ${day(release.publishedAt)}`;
  const heading = `${level} ${url === undefined ? name : `[${name}](${encodeParentheses(url)})`}${date}${sourcePhrase(release)}`;
  const blocks = sanitiseBlocks(release.notes ?? "", {
    repositoryUrl: repositoryPage(release.upstream),
    quietLink,
  });
  const kept = takeWhileFits(blocks, limit - heading.length - 200);
  const more =
    kept.length < blocks.length
      ? [`*These notes go on${url === undefined ? "" : `: [read the rest](${encodeParentheses(url)})`}.*`]
      : [];
  return [heading, ...kept, ...more].join("\n\n");
}

/** Which of the places where a project tells its news the notes are from. */
function sourcePhrase({ evidence }: PassedRelease): string {
  const source = evidence?.sources?.notes;
  if (source === undefined) return "";
  if (source.kind === "release") return ", from the release";
  const name = escapeMarkdown(plainLine(source.kind, 100));
  const url = safeUrl(source.locator);
  return `, from ${url === undefined ? name : `[${name}](${encodeParentheses(url)})`}`;
}

function takeWhileFits(blocks: readonly string[], limit: number): string[] {
  let left = limit;
  const kept: string[] = [];
  for (const block of blocks) {
    left -= block.length + 2;
    if (left < 0) break;
    kept.push(block);
  }
  return kept;
}

function leftOut(releases: readonly PassedRelease[]): string {
  const count = releases.length;
  const url = safeUrl(releases.find((release) => safeUrl(release.notesUrl) !== undefined)?.notesUrl);
  const page = url === undefined ? "" : `: [continue with the next](${encodeParentheses(url)})`;
  return `*The notes of ${count} older ${count === 1 ? "release are" : "releases are"} left out for length${page}.*`;
}

function silent(releases: readonly PassedRelease[], withNotes: readonly PassedRelease[]): string[] {
  const without = releases.filter((release) => !withNotes.includes(release));
  if (withNotes.length === 0 || without.length === 0) return [];
  const shown = without.slice(0, 8).map((release) => escapeMarkdown(plainLine(release.version, 60)));
  const more = without.length > shown.length ? ` and ${without.length - shown.length} more` : "";
  return [`*No notes are known for ${shown.join(", ")}${more}.*`];
}

function encodeParentheses(url: string): string {
  return url.replaceAll("(", "%28").replaceAll(")", "%29");
}
