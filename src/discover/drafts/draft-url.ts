import { percentDecoded } from "../../domain/percent.ts";
import { kindOfRef } from "../../lib/versions/tag.ts";
import { type LocatedUrl, locateHost, locateUrl } from "../addresses/upstream-of-url.ts";
import type { Resolved } from "../resolve/resolve.ts";
import { type Anchor, anchorOf, askedIn, holesIn, spelledOut } from "./anchor.ts";
import { type Draft, editAt, type Filled, type Unclear, unclearHoles } from "./draft.ts";
import { commentParts } from "./draft-commit.ts";
import { common, floating, givenIn, type Part } from "./draft-floating.ts";
import { checksumsOf, versioned } from "./draft-tagged.ts";

/** A word that something puts a value in the place of, as sed does. */
const PLACEHOLDER = /XXX|n\/a$|@[A-Za-z_]{3,}@|__[A-Z][A-Z_]+__|%[A-Z_]{3,}%|[<{][A-Za-z_][\w.-]*[>}]/;

/** An address with its holes filled: a pin where it names an upstream, nothing where it does not. */
export function draftUrl(filled: Filled): Draft | Unclear | undefined {
  const { resolved } = filled;
  const located = locateUrl(resolved.text) ?? (filled.reference.run === true ? locateHost(resolved.text) : undefined);
  if (located === undefined) return undefined;
  if (located.part === undefined) return floating(filled, located, undefined);
  return draftPart(filled, located, located.part, resolved);
}

/** A pin of what `resolved` holds at `part`; unclear where what fills it is not known. */
export function draftPart(filled: Filled, located: LocatedUrl, part: Part, resolved: Resolved): Draft | Unclear {
  const holes = holesIn(resolved, part.start, part.end);
  const at = resolved === filled.resolved ? "" : `@${spelledOut(resolved)}`;
  const asked = askedIn(resolved, part.start, part.end);
  if (asked !== undefined) return { ...floating(filled, located, undefined), ...(givenIn(resolved) ?? asked) };
  const respelled = holes.length === 1 ? respelledIn(filled, resolved, part) : undefined;
  if (respelled !== undefined) return { ...common(filled, located, undefined), ...respelled };
  if (holes.length > 0) return unclearHoles(`${spelledOut(filled.resolved)}${at}`, holes);
  const text = resolved.text.slice(part.start, part.end);
  if (text.includes("$") || PLACEHOLDER.test(text))
    return { unclear: `${spelledOut(resolved)}: what fills "${text}" is not followed.` };
  const isUrl = resolved === filled.resolved; // only addresses write a slash as `%2F`; Debian's tags have a percent sign of their own
  if (located.packed === true) return packed(filled, located, part, resolved);
  const kind = part.kind === "ref" ? kindOfRef(isUrl ? percentDecoded(text) : text) : part.kind;
  const anchor = anchorOf(resolved, part.start, part.end);
  if (kind === "commit") return commit(filled, located, anchor, text);
  if (kind === "branch" || !/\d/.test(text)) return floating(filled, located, anchor, text);
  return versioned(filled, located, { ...part, kind: kind === "version" ? "version" : "tag" }, resolved);
}

/** The address has the year of the release in it, which no version tells: no edit. */
function packed(filled: Filled, located: LocatedUrl, part: Part, resolved: Resolved): Draft {
  const text = resolved.text.slice(part.start, part.end);
  const anchor = anchorOf(resolved, part.start, part.end);
  const [, major, minor, patch, fourth] = /^(\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  const numbers = [major, minor, patch, ...(fourth === "00" ? [] : [fourth])].map(Number);
  const { path, start } = anchor ?? { path: filled.file.path, start: filled.reference.value.start };
  const { tagTemplate } = located;
  const version = numbers.join(".");
  const template = tagTemplate === undefined ? {} : { tagTemplate };
  return { ...common(filled, located, anchor), path, start, text, version, precision: "exact", edits: [], ...template };
}

/** `${VERSION//./_}`: the version stands where the variable is set. A tag cannot be turned back into it: no edit. */
function respelledIn(filled: Filled, resolved: Resolved, part: Part) {
  const [hole = ""] = holesIn(resolved, part.start, part.end);
  const name = /^\$\{([A-Za-z_]\w*)\/\/?["']?[._+-]["']?\/["']?[._-]?["']?\}$/.exec(hole)?.[1];
  if (name === undefined) return undefined;
  const { start, end } = filled.reference.value;
  const { text, pieces } = filled.fill({ start, end, pieces: [{ kind: "hole", name, start, end }] });
  const [piece] = pieces;
  if (piece === undefined || "hole" in piece || !/^v?\d[\w.+-]*$/.test(text)) return undefined;
  const version = text.replace(/^v/, "");
  return { name, path: piece.path, start: piece.start, text, version, precision: "exact" as const, edits: [] };
}

function commit(filled: Filled, located: LocatedUrl, anchor: Anchor | undefined, text: string): Draft {
  const comment = commentParts(filled);
  return {
    ...common(filled, located, anchor),
    path: anchor?.path ?? filled.file.path,
    start: anchor?.start ?? filled.reference.value.start,
    text,
    digest: text,
    precision: "exact",
    ...comment,
    edits:
      anchor === undefined
        ? []
        : [editAt(anchor, "digest", "{commit}"), ...comment.edits, ...checksumsOf(filled, text, "{commit}")],
  };
}
