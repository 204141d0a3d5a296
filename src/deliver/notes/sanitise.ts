import type { QuietLink } from "./links.ts";
import { isCut, parseNotes } from "./parse.ts";
import { toMarkdownBlocks } from "./to-markdown.ts";

/** Where relative links of the notes lead, the repository's page without a trailing slash; and which links are not for a reader's forge. */
export type NotesOrigin = {
  readonly repositoryUrl?: string | undefined;
  readonly quietLink?: QuietLink | undefined;
};

/**
 * Upstream release notes as Markdown that may stand in a pull request on any forge: text, emphasis, lists, quotes, tables,
 * code and absolute links. Nobody is mentioned, nothing is referred to, closed, loaded or run. Length is bounded by
 * `MAX_INPUT`, and the work is linear in it.
 */
export function sanitiseNotes(markdown: string, origin: NotesOrigin): string {
  return sanitiseBlocks(markdown, origin).join("\n\n");
}

/** The same, one text per block of the top level: places where the notes can be cut without breaking what is left. */
export function sanitiseBlocks(markdown: string, origin: NotesOrigin): string[] {
  const blocks = toMarkdownBlocks(parseNotes(markdown), origin);
  return isCut(markdown) ? [...blocks, "*The rest of these notes is too long to be shown.*"] : blocks;
}
