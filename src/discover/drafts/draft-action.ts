import { toPurl } from "../../domain/upstream.ts";
import { kindOfRef, splitTag } from "../../lib/versions/tag.ts";
import { anchorOf } from "./anchor.ts";
import { type Draft, editAt, type Filled, type Unclear } from "./draft.ts";
import { commentParts } from "./draft-commit.ts";

const ACTION = /^(?<owner>[\w.-]+)\/(?<name>[\w.-]+)(?:\/[^@]*)?@(?<ref>[^@\s]+)$/d;

/** `owner/name[/path]@ref`; a commit takes its version from the comment beside it. */
export function draftAction(filled: Filled): Draft | Unclear | undefined {
  const { resolved } = filled;
  const match = ACTION.exec(resolved.text);
  const { owner, name, ref } = match?.groups ?? {};
  const span = match?.indices?.groups?.ref;
  if (ref === undefined || span === undefined) {
    return { unclear: `"${resolved.text.slice(0, 100)}" names no action with a ref.` };
  }
  const anchor = anchorOf(resolved, span[0], span[1]);
  if (anchor === undefined) return undefined;
  const base = {
    upstream: toPurl("githubactions", `${owner}/${name}`),
    scheme: "loose",
    name: resolved.text.slice(0, span[0] - 1),
    path: anchor.path,
    start: anchor.start,
    text: ref,
  };
  const kind = kindOfRef(ref);
  if (kind === "commit") return { ...base, precision: "exact", digest: ref, ...commitParts(filled, anchor) };
  const pinning = pinningOf(filled, anchor);
  if (kind === "branch") return { ...base, version: "", precision: "branch", edits: pinning };
  const { prefix, version } = splitTag(ref) ?? { prefix: "", version: ref };
  const edits = [editAt(anchor, "version", `${prefix}{version}`)];
  return { ...base, version, precision: "exact", edits, pinning, ...templated(prefix) };
}

/** The commit, and the tag that it is in a comment behind it. */
function pinningOf({ file }: Filled, anchor: { path: string; start: number; end: number }) {
  const end = anchor.end + (/["']/.test(file.text[anchor.end] ?? "") ? 1 : 0);
  const comment = editAt({ path: anchor.path, start: end, end }, "comment", " # {tag}");
  return [editAt(anchor, "digest", "{commit}"), comment];
}

function commitParts(filled: Filled, anchor: { path: string; start: number; end: number }) {
  const comment = commentParts(filled);
  return { ...comment, edits: [editAt(anchor, "digest", "{commit}"), ...comment.edits] };
}

function templated(prefix: string): { tagTemplate?: string } {
  return prefix === "" ? {} : { tagTemplate: `${prefix}{version}` };
}
