import { discover, isGuess, matchingPaths, type SourceText } from "../../discover/discover.ts";
import { explainPlace, type PlaceExplanation } from "../../discover/explain-place.ts";
import { findingsOf } from "../../discover/findings.ts";
import { isLockFile } from "../../discover/locks.ts";
import { type PinRow, toPinRow } from "../../discover/pin-row.ts";
import type { Pin, PinFinding, Place, Problem } from "../../domain/pin.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { globMatcher } from "../../lib/syntax/glob.ts";
import type { Tree, TreeEntry } from "../../lib/tree.ts";
import { readLocalTree } from "../../lib/trees/local.ts";

/** A file that some format understands, with its text; a lock file or a submodule, which nobody reads, without. */
export type SourceFile = SourceText & { readonly entry: TreeEntry };

/** What a snapshot pins. `files` are those that were read, for the rewriter. */
export type ReadPins = {
  readonly pins: readonly Pin[];
  readonly problems: readonly Problem[];
  readonly files: readonly SourceFile[];
};

const REGULAR = new Set(["100644", "100755"]);
const SUBMODULE = "160000";

/** Reads the files of a snapshot that formats understand, and finds their pins. A file that cannot be read is a problem. */
export async function readPins(tree: Tree, ignorePaths: readonly string[]): Promise<ReadPins> {
  const { files, problems } = await readFiles(tree, ignorePaths);
  const found = discover(files);
  return { pins: found.pins, problems: [...problems, ...found.problems], files };
}

/** Reads the files of a snapshot that formats understand; those that cannot be read are problems. */
export async function readFiles(
  tree: Tree,
  ignorePaths: readonly string[],
): Promise<Pick<ReadPins, "files" | "problems">> {
  const ignored = ignorePaths.map(globMatcher);
  const regular = tree.entries.filter(
    ({ path, mode }) => REGULAR.has(mode) && !ignored.some((matches) => matches(path)),
  );
  const matching = new Set(matchingPaths(regular.map((entry) => entry.path)));
  const wanted = regular.filter((entry) => matching.has(entry.path));
  const textOf = async (entry: TreeEntry) => (isLockFile(entry.path) ? "" : tree.read(entry));
  const texts = withinTree(await Promise.all(wanted.map(async (entry) => ({ entry, text: await textOf(entry) }))));
  const files: SourceFile[] = [
    ...texts.flatMap(({ entry, text }) => (isFailure(text) ? [] : [{ entry, path: entry.path, text }])),
    ...tree.entries.flatMap(recordedBy),
  ];
  const unread = texts.flatMap(({ entry, text }) =>
    isFailure(text) && !isGuess(entry.path) ? [{ path: entry.path, message: text.message }] : [],
  );
  return { files, problems: [...tree.problems, ...unread] };
}

/** Characters that the files of one tree may have together. */
const MOST_TEXT = 32 * 1024 * 1024;

type Text = { readonly entry: TreeEntry; readonly text: string | Failure };

/** Many long files hold up all others as one does: what goes beyond the bound, in the order of paths, is a problem each. */
function withinTree(texts: readonly Text[]): readonly Text[] {
  const lengthOf = ({ text }: Text) => (isFailure(text) ? 0 : text.length);
  if (texts.reduce((sum, one) => sum + lengthOf(one), 0) <= MOST_TEXT) return texts;
  let total = 0;
  return [...texts]
    .sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1))
    .map((one) => {
      total += lengthOf(one);
      return total <= MOST_TEXT || isFailure(one.text) ? one : { entry: one.entry, text: tooMuch(one.entry.path) };
    });
}

function tooMuch(path: string): Failure {
  const bound = "The files that are read hold more than 32 MiB together";
  return new Failure("too-large", `${bound}: ${path} was not read. Leave some out with \`ignore\`.`);
}

/** The commit that the project records of a submodule. */
function recordedBy(entry: TreeEntry): SourceFile[] {
  const { path, mode, oid } = entry;
  return mode === SUBMODULE && oid !== undefined ? [{ entry, path, text: "", commit: oid }] : [];
}

/** What a local checkout pins: offline, with no configuration and no store. */
export async function readPinsAt(path: string): Promise<ReadPins | Failure> {
  const tree = await readLocalTree(path);
  return isFailure(tree) ? tree : readPins(tree, []);
}

/** Pins as `headgate pins --json` prints them. */
export function toPinRows(pins: readonly Pin[]): PinRow[] {
  return pins.filter((pin) => pin.own !== true).map(toPinRow);
}

/** What people should know of the pins of a snapshot. */
export function readFindings({ pins, files }: ReadPins): PinFinding[] {
  return findingsOf(pins, files);
}

/** How one line of a local checkout was understood. `not-found` when the place is not in it. */
export async function explainPinAt(path: string, place: Place): Promise<PlaceExplanation | Failure> {
  const tree = await readLocalTree(path);
  if (isFailure(tree)) return tree;
  const entry = tree.entries.find((one) => one.path === place.path);
  if (entry === undefined)
    return new Failure("not-found", `${place.path} is not a file of ${path}, or git ignores it.`);
  const { files, problems } = await readPins(tree, []);
  const explained = explainPlace(files, place);
  const unread = problems.filter((problem) => problem.path === place.path && problem.line === undefined);
  return { ...explained, problems: [...new Set([...explained.problems, ...unread])] };
}
