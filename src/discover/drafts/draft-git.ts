import { type LocatedUrl, locateRepository } from "../addresses/upstream-of-url.ts";
import { anchorOf } from "./anchor.ts";
import { commitByHand, type Draft, editAt, type Filled, type Unclear } from "./draft.ts";
import { floating } from "./draft-floating.ts";
import { draftPart } from "./draft-url.ts";

/** A cloned repository, with or without a ref. */
export function draftGit(filled: Filled): Draft | Unclear | undefined {
  const { resolved, reference } = filled;
  const upstream = reference.upstream ?? locateRepository(resolved.text);
  if (upstream === undefined) return undefined;
  const located = { upstream, scheme: "loose" };
  if (filled.recorded === "none") return undefined;
  if (filled.recorded !== undefined) return recordedCommit(filled, located, filled.recorded);
  if (reference.ref === undefined) return floating(filled, located, undefined);
  const ref = filled.fill(reference.ref);
  if (ref.text === "") return undefined; // an empty variable checks nothing out
  const draft = draftPart(filled, located, { kind: "ref", start: 0, end: ref.text.length }, ref);
  return "unclear" in draft || draft.digest !== undefined ? draft : { ...draft, ...exactOf(filled, draft) };
}

/** The commit of a clone: the one that it is compared with, or how it can be pinned. */
function exactOf(filled: Filled, draft: Draft): Partial<Draft> {
  const { digest } = filled.reference;
  const compared = digest === undefined ? undefined : filled.fill(digest);
  const anchor = compared === undefined ? undefined : anchorOf(compared, 0, compared.text.length);
  if (compared !== undefined)
    return {
      digest: compared.text,
      edits: anchor === undefined ? [] : [...draft.edits, editAt(anchor, "digest", "{commit}")],
    };
  return pinningOfTag(filled, draft) ?? pinningOfClone(filled, draft) ?? pinningByHand(draft);
}

/** Anywhere else a commit would take the tag's place, and nobody could read from it which version it is. */
function pinningByHand({ precision, edits, text }: Draft): Partial<Draft> {
  if (precision !== "exact" || edits.length === 0) return {};
  return { pinByHand: commitByHand(text) };
}

/** `rev: v1.2` becomes the commit, and a comment that a reader of this file knows says which tag it was. */
function pinningOfTag({ file, reference }: Filled, { edits, text }: Draft): Partial<Draft> | undefined {
  const [edit, ...more] = edits;
  if (reference.pinComment === undefined || edit === undefined || more.length > 0) return undefined;
  const [rest] = /^["']?(?=[ \t]*\r?(?:\n|$))/.exec(file.text.slice(edit.end)) ?? [];
  if (rest === undefined || edit.path !== file.path || !/^v?\d/.test(text)) return undefined;
  const comment = editAt(
    { ...edit, start: edit.end + rest.length, end: edit.end + rest.length },
    "comment",
    reference.pinComment,
  );
  return { pinning: [editAt(edit, "digest", "{commit}"), comment] };
}

function comparing(folder: string): string {
  return `test $(git -C ${folder} rev-parse HEAD) = {commit}`;
}

/** `git clone --branch` takes no commit: the commit is compared behind it, where a difference ends the build. */
function pinningOfClone({ file, reference: { clone } }: Filled, { edits }: Draft): Partial<Draft> | undefined {
  if (clone === undefined || edits.length === 0) return undefined;
  const pinByHand = `git clone takes no commit: put && ${comparing(clone.folder)} behind it, where a difference ends the build`;
  if (!endsBuild(file, clone.end) || !/^[\w./-]+$/.test(clone.folder)) return { pinByHand };
  const at = { path: file.path, start: clone.end, end: clone.end };
  return { pinning: [editAt(at, "digest", ` && ${comparing(clone.folder)}`)], pinByHand };
}

/** Whether a command that fails at this offset ends what it is a part of. */
function endsBuild({ format, text }: Filled["file"], at: number): boolean {
  const rest = text.slice(at);
  const isLast = /^[ \t]*\r?(?:\n|$)/.test(rest);
  if (/^[ \t]*(?:\\\r?\n[ \t]*)?&&/.test(rest)) return format === "dockerfile" || stopsAtErrors(text);
  if (!isLast) return false;
  return format === "dockerfile" || (format === "shell" && stopsAtErrors(text));
}

function stopsAtErrors(text: string): boolean {
  return /^#!.*\s-[a-z]*e|^[ \t]*set[ \t]+-(?:[a-z]*e|o errexit)/m.test(text);
}

/** What git's tree records stands in no file: it is moved with git, not by an edit. */
function recordedCommit(filled: Filled, located: LocatedUrl, commit: string): Draft {
  return { ...floating(filled, located, undefined), text: commit, digest: commit, precision: "exact" };
}
