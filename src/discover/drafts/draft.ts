import type { Edit, Pin, Place } from "../../domain/pin.ts";
import type { Reference } from "../format.ts";
import type { ReadFile } from "../resolve/read-tree.ts";
import type { Resolved } from "../resolve/resolve.ts";

/** A pin in the making: one reference, filled and understood. Drafts of one place and upstream become one pin. */
export type Draft = Pick<
  Pin,
  | ("path" | "upstream" | "name" | "text" | "version" | "tagTemplate" | "variant" | "digest" | "precision" | "scheme")
  | ("edits" | "pinning" | "pinByHand" | "files" | "lockedBy" | "own")
> & {
  /** Where the text to edit stands; the identity of the pin together with its upstream. */
  readonly start: number;
};

/** A draft, where the reference stands that led to it, and the list of values that it is one of. */
export type Traced = { readonly draft: Draft; readonly at: Place; readonly oneOf?: string };

/** Why a reference could not become a pin, although it names an upstream. */
export type Unclear = {
  readonly unclear: string;
  /** The image whose tag is not known: no riddle where it is the project's own. */
  readonly upstream?: string;
};

/** A reference with its holes filled, in the file it stands in. */
export type Filled = {
  readonly file: ReadFile;
  readonly reference: Reference;
  readonly resolved: Resolved;
  readonly fill: (value: Reference["value"]) => Resolved;
  /** The commit that git's tree records, where the reference is a submodule; `none` where the tree has others but not this one. */
  readonly recorded?: string;
};

/** One edit over a place. */
export function editAt(
  place: { path: string; start: number; end: number },
  role: Edit["role"],
  spelling: string,
): Edit {
  return { path: place.path, start: place.start, end: place.end, role, spelling };
}

/** What to write where a commit may take the place of a tag or branch, and nothing that reads the file knows which it was. */
export function commitByHand(text: string): string {
  return `write {commit} instead of ${text}, and ${text} in a comment beside it`;
}

/** Tells which variables are missing for a part that decides the version. */
export function unclearHoles(what: string, holes: readonly string[]): Unclear {
  return { unclear: `${what}: the value of ${[...new Set(holes)].join(", ")} is not written in the project's files.` };
}
