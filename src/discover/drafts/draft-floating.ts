import type { LocatedUrl } from "../addresses/upstream-of-url.ts";
import type { Resolved } from "../resolve/resolve.ts";
import { type Anchor, slicesOf } from "./anchor.ts";
import { type Draft, editAt, type Filled } from "./draft.ts";

/** Where in an address, or in what fills it, a version, tag, commit or branch stands. */
export type Part = NonNullable<LocatedUrl["part"]>;

/** What names an upstream and no version of it, or the branch `text`; with how it can be pinned, where the file may say a commit there. */
export function floating(filled: Filled, located: LocatedUrl, anchor: Anchor | undefined, text = ""): Draft {
  const place = anchor ?? placeOfChoice(filled.resolved);
  return {
    ...common(filled, located, anchor),
    path: place?.path ?? filled.file.path,
    start: place?.start ?? filled.reference.value.start,
    text,
    version: "",
    precision: text === "" ? "floating" : "branch",
    edits: [],
    ...pinningOf(filled, anchor),
  };
}

/** A branch becomes the commit it is at, where the file may name one there. */
function pinningOf({ reference }: Filled, anchor: Anchor | undefined) {
  if (reference.pinnable !== true || anchor === undefined || anchor.variable !== undefined) return {};
  return anchor.before + anchor.after === "" ? { pinning: [editAt(anchor, "digest", "{commit}")] } : {};
}

/** Where it is written that nothing is pinned: what a function is called with, the word `latest`, else the address. */
function placeOfChoice(resolved: Resolved): { path: string; start: number } | undefined {
  const latest = resolved.text.lastIndexOf("/latest") + 1;
  return (
    givenIn(resolved) ?? slicesOf(resolved, latest, latest + 1)[0] ?? slicesOf(resolved, 0, resolved.text.length)[0]
  );
}

/** The argument of a function that the text holds. */
export function givenIn(resolved: Resolved): { path: string; start: number } | undefined {
  const given = slicesOf(resolved, 0, resolved.text.length).find(({ variable }) => /^\d$/.test(variable ?? ""));
  return given === undefined ? undefined : { path: given.path, start: given.start };
}

/** What every pin of a located upstream says, whatever it is pinned to. */
export function common(filled: Filled, located: LocatedUrl, anchor: Anchor | undefined) {
  const { reference } = filled;
  const label = located.upstream.slice(located.upstream.lastIndexOf("/") + 1);
  const lockedBy = reference.lockedBy === undefined ? {} : { lockedBy: reference.lockedBy };
  return {
    upstream: located.upstream,
    scheme: located.scheme,
    name: anchor?.variable ?? reference.name ?? label,
    ...lockedBy,
  };
}
