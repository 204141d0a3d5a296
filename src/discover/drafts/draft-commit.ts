import type { Edit } from "../../domain/pin.ts";
import { splitTag } from "../../lib/versions/tag.ts";
import { type Anchor, anchorOf } from "./anchor.ts";
import { editAt, type Filled } from "./draft.ts";

/** What the comment beside a commit adds to it: the version it was, and the edit that keeps the comment true. */
export function commentParts(filled: Filled): { version: string; edits: Edit[]; tagTemplate?: string } {
  const comment = filled.reference.comment === undefined ? undefined : filled.fill(filled.reference.comment);
  const place: Anchor | undefined = comment === undefined ? undefined : anchorOf(comment, 0, comment.text.length);
  const split = comment === undefined ? undefined : splitTag(comment.text);
  if (place === undefined || split === undefined) return { version: "", edits: [] };
  const { prefix, version } = split;
  const template = prefix === "" ? {} : { tagTemplate: `${prefix}{version}` };
  return { version, edits: [editAt(place, "comment", `${prefix}{version}`)], ...template };
}
