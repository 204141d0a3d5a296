import { readAssignment } from "../../../lib/syntax/assignment.ts";
import { linesOf, literalValue, partsOf, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { ShellCommand } from "../../../lib/syntax/shell-cursor.ts";
import { kindOfName, kindOfRef } from "../../../lib/versions/tag.ts";
import type { Reference } from "../../format.ts";

const REPOSITORY =
  /^(?:https?:\/\/|git@|ssh:\/\/git@)(?:github\.com|gitlab\.[\w.-]+|bitbucket\.org|codeberg\.org|salsa\.debian\.org)[/:][\w.-]+\/[\w.-]+?(?:\.git)?\/?$/;
const SEPARATOR = /[|,;\s]+/;

/** Repositories that a script lists to go through them: `url`, `url|ref|…`, `name url ref` as items of a list. */
export function readListed(text: string, { words, items = [], heredocs = [] }: ShellCommand): Reference[] {
  const [first, , third] = words.map(visibleText);
  const looped = first === "for" && third === "in" ? words.slice(3) : [];
  const written = words.flatMap((word) => (/\n/.test(visibleText(word)) ? linesOf(word) : []));
  const given = first === "done" ? heredocs.flatMap(({ start, end }) => linesOf(literalValue(text, start, end))) : [];
  const assigned = words.flatMap((word) => readAssignment(word)?.value ?? []);
  return [...[...items, ...looped, ...written, ...given].flatMap(readItem), ...assigned.flatMap(readStated)];
}

/**
 * `SOURCE="git https://… v1.2 [commit]"`: a commit decides, where one is written, and a tag before it says which version it
 * is; `:name` is a function of the script's.
 */
function readStated(assigned: Value): Reference[] {
  if (!/^git\s+(?:https?|git|ssh):\/\/\S/.test(visibleText(assigned))) return [];
  const [, value, ref, commit] = partsOf(assigned, /\S+/g);
  if (value === undefined || ref === undefined) return value === undefined ? [] : [{ kind: "git", value }];
  if (commit !== undefined && kindOfName(visibleText(commit)) === "commit") {
    const isTag = kindOfRef(visibleText(ref)) === "tag";
    return [{ kind: "git", value, ref: commit, ...(isTag ? { comment: ref } : {}) }];
  }
  return [{ kind: "git", value, ...(visibleText(ref).startsWith(":") ? {} : { ref }) }];
}

/** The one repository of an item, and the ref in the field behind it. */
function readItem(item: Value): Reference[] {
  const fields = fieldsOf(visibleText(item));
  const found = fields.filter(({ text }) => REPOSITORY.test(text));
  const [repository] = found;
  if (repository === undefined || found.length > 1) return [];
  const next = fields[fields.indexOf(repository) + 1];
  const value = sliceValue(item, repository.start, repository.start + repository.text.length);
  const ref =
    next === undefined || !isRef(next.text) ? undefined : sliceValue(item, next.start, next.start + next.text.length);
  return [{ kind: "git", value, ...(ref === undefined ? {} : { ref }) }];
}

function fieldsOf(text: string): { text: string; start: number }[] {
  let at = 0;
  return text.split(SEPARATOR).map((field) => {
    const start = text.indexOf(field, at);
    at = start + field.length;
    return { text: field, start };
  });
}

/** A version, a commit or a well-known branch: any other word may be a folder or a name. */
function isRef(text: string): boolean {
  if (!/^[\w./+-]+$/.test(text)) return false;
  return (
    kindOfRef(text) !== "branch" ||
    /^(?:main|master|develop|devel|dev|trunk|stable|latest)$/.test(text) ||
    kindOfName(text) === "commit"
  );
}
