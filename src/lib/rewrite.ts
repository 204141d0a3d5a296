import { own } from "../domain/own.ts";
import { type Edit, isFloating, type Pin } from "../domain/pin.ts";
import { numbersOf, spellingsOf } from "../domain/spellings.ts";
import { Failure } from "./failure.ts";

/** A file of the tree, path relative to its root. */
type TextFile = { readonly path: string; readonly text: string };

/** What the pins are moved to. `checksums` are of the files that checksum edits name in `of`, by URL as written there. */
export type RewriteTarget = {
  /** The bare version, as the pins' scheme compares it. */
  readonly version: string;
  readonly tag: string;
  /** `sha256:<hex>` of the image or file. */
  readonly digest?: string;
  /** The 40-digit commit behind the tag. */
  readonly commit?: string;
  readonly checksums?: readonly { readonly url: string; readonly algorithm: string; readonly hex: string }[];
};

/** Pins of one component, and what they are moved to. */
type Move = { readonly pins: readonly Pin[]; readonly target: RewriteTarget };

/**
 * `files` is the whole tree as far as formats read it; `discover` reads a tree again. `also`: components that cannot stay
 * where they are, since the same edits write them: all of them move in this one change.
 */
export type RewriteRequest = Move & {
  readonly files: readonly TextFile[];
  readonly also?: readonly Move[];
  readonly discover: (files: readonly TextFile[]) => { readonly pins: readonly Pin[] };
};

/** The files that change, and the pins that stay: governed by a lock file, ignored, floating, or not rewritable. */
export type Rewrite = { readonly changes: readonly TextFile[]; readonly skipped: readonly Pin[] };

type Replacement = { readonly start: number; readonly end: number; readonly value: string; readonly pin: Pin };

/**
 * Moves the pins of one component to a target. The tree is read again afterwards, and the change is refused unless exactly
 * the intended pins moved, to exactly the target, and nothing else did.
 */
export function rewrite(request: RewriteRequest): Rewrite | Failure {
  const { files, pins, target, also = [] } = request;
  const all = [{ pins, target }, ...also];
  const moving = all.map((move) => ({ ...move, pins: move.pins.filter((pin) => moves(pin, move.pins)) }));
  const moved = new Set(moving.flatMap((move) => move.pins));
  const skipped = all.flatMap((move) => move.pins).filter((pin) => !moved.has(pin));
  const replacements = replacementsOf(moving);
  if (replacements instanceof Failure) return replacements;
  const changes: TextFile[] = [];
  for (const [path, list] of replacements) {
    const file = files.find((one) => one.path === path);
    if (file === undefined) return new Failure("refused", `${path} is to be changed but is not in the tree.`);
    const text = apply(file.text, list);
    if (text instanceof Failure) return text;
    if (text !== file.text) changes.push({ path, text });
  }
  return verify(request, moving, changes) ?? { changes, skipped };
}

/** A floating place moves only where everything floats: then it is given its first pin. */
function moves(pin: Pin, component: readonly Pin[]): boolean {
  const stays = pin.lockedBy !== undefined || pin.own === true || pin.word?.kind === "ignore";
  if (stays || pin.edits.length === 0) return false;
  return !isFloating(pin) || component.every(isFloating);
}

/** By path, each span once. */
function replacementsOf(moving: readonly Move[]): Map<string, Replacement[]> | Failure {
  const byPath = new Map<string, Replacement[]>();
  for (const { pin, target } of moving.flatMap(({ pins, target }) => pins.map((pin) => ({ pin, target })))) {
    for (const edit of pin.edits) {
      const value = valueOfEdit(edit, target);
      if (value instanceof Failure) return refusal(pin, value.message);
      const list = byPath.get(edit.path) ?? [];
      const twin = list.find(({ start, end }) => start === edit.start && end === edit.end);
      if (twin !== undefined && twin.value !== value) return refusal(pin, "two edits of one place disagree.");
      if (twin === undefined) list.push({ start: edit.start, end: edit.end, value, pin });
      byPath.set(edit.path, list);
    }
  }
  return byPath;
}

/** What an edit writes for a target; a failure when the target lacks what the place needs. */
function valueOfEdit(edit: Edit, target: RewriteTarget): string | Failure {
  const hex =
    edit.of === undefined ? target.digest?.slice(target.digest.indexOf(":") + 1) : checksumOf(edit.of, target);
  const known: Readonly<Record<string, string | undefined>> = {
    ...numbersOf(target.version),
    ...spellingsOf(target.version),
    version: shortened(target.version, edit.without),
    tag: target.tag,
    digest: target.digest,
    hex,
    base64: hex === undefined ? undefined : Buffer.from(hex, "hex").toString("base64"),
    commit: target.commit,
  };
  const missing = [...edit.spelling.matchAll(/\{(\w+)\}/g)].find(
    (hole) => own(known, hole[1] ?? "") === undefined,
  )?.[1];
  if (missing !== undefined) {
    return new Failure("refused", `the new ${edit.role} of line ${edit.line ?? "?"} is not known (no ${missing}).`);
  }
  return edit.spelling.replace(/\{(\w+)\}/g, (whole, hole: string) => own(known, hole) ?? whole);
}

function checksumOf(of: NonNullable<Edit["of"]>, target: RewriteTarget): string | undefined {
  return target.checksums?.find(({ url, algorithm }) => url === of.url && algorithm === of.algorithm)?.hex;
}

/** The version without what already stands around its place; undefined when it does not have these words. */
function shortened(version: string, without: Edit["without"]): string | undefined {
  if (without === undefined) return version;
  const { before, after } = without;
  const fits = version.startsWith(before) && version.endsWith(after) && version.length > before.length + after.length;
  return fits ? version.slice(before.length, version.length - after.length) : undefined;
}

/** Applies replacements from the end, so that offsets stay true. */
function apply(text: string, replacements: readonly Replacement[]): string | Failure {
  let result = text;
  let limit = text.length;
  for (const { start, end, value, pin } of [...replacements].sort((a, b) => b.start - a.start || b.end - a.end)) {
    if (start > end || end > limit) return refusal(pin, "its edits overlap, or lie outside the file.");
    result = result.slice(0, start) + value + result.slice(end);
    limit = start;
  }
  return result;
}

/** Reads the changed tree and compares it pin by pin. Undefined: exactly the intended happened. */
function verify(request: RewriteRequest, moving: readonly Move[], changes: readonly TextFile[]): Failure | undefined {
  const changed = new Map(changes.map((file) => [file.path, file]));
  const before = keyed(request.discover(request.files).pins);
  const after = keyed(request.discover(request.files.map((file) => changed.get(file.path) ?? file)).pins);
  const intended = new Map(
    moving.flatMap(({ pins, target }) => [...keyed(pins)].map(([key, { edits }]) => [key, { target, edits }])),
  );
  for (const [key, pin] of before) {
    const now = after.get(key);
    if (now === undefined) return refusal(pin, "it could not be found again after the change.");
    const move = intended.get(key);
    const wanted = move === undefined ? isSame(pin, now) : reaches(now, move.target, { ...pin, edits: move.edits });
    if (!wanted)
      return refusal(pin, move !== undefined ? "it does not read as the target afterwards." : "it would change, too.");
  }
  const added = [...after].find(([key]) => !before.has(key));
  if (added !== undefined) return refusal(added[1], "it appeared only with the change.");
  const unknown = moving.flatMap(({ pins }) => [...keyed(pins)]).find(([key]) => !before.has(key));
  return unknown === undefined ? undefined : refusal(unknown[1], "it is not in the tree.");
}

/** Pins by what an edit does not change: edits never add or remove lines. Equal ones are told apart by their order. */
function keyed(pins: readonly Pin[]): Map<string, Pin> {
  const result = new Map<string, Pin>();
  for (const pin of pins) {
    const key = `${pin.path}\n${pin.line}\n${pin.upstream}\n${pin.name}`;
    let index = 0;
    while (result.has(`${key}\n${index}`)) index += 1;
    result.set(`${key}\n${index}`, pin);
  }
  return result;
}

function reaches(now: Pin, target: RewriteTarget, before: Pin): boolean {
  const roles = new Set(before.edits.map((edit) => edit.role));
  const expectsVersion = roles.has("version") || (roles.has("comment") && before.version !== "");
  const stays = roles.has("version") || roles.has("comment") || now.version === before.version;
  const digestReached = !roles.has("digest") || now.digest === target.digest || now.digest === target.commit;
  return stays && (!expectsVersion || now.version === versionAfter(before, target)) && digestReached;
}

/** What is read there afterwards: of `8.1.*`, no more numbers than are written; of a range, where it begins. */
function versionAfter({ edits }: Pin, { version }: RewriteTarget): string {
  const [edit] = edits.filter(({ role }) => role === "version");
  const [counted] = /^\{major\}(?:\.(?:\{minor\}|\{patch\}|0))*(?=$|[\s,])/.exec(edit?.spelling ?? "") ?? [];
  if (counted === undefined) return version;
  const numbers: Readonly<Record<string, string>> = numbersOf(version);
  return counted.replace(/\{(\w+)\}/g, (_, hole: string) => own(numbers, hole) ?? "");
}

function isSame(before: Pin, now: Pin): boolean {
  return (["text", "version", "digest", "precision", "tagTemplate", "variant", "scheme"] as const).every(
    (field) => before[field] === now[field],
  );
}

function refusal(pin: Pin, why: string): Failure {
  return new Failure("refused", `${pin.path}:${pin.line} (${pin.name}): ${why}`);
}
