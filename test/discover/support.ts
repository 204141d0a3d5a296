import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { discover, type SourceText } from "../../src/discover/discover.ts";
import type { Format } from "../../src/discover/format.ts";
import { toPinRow } from "../../src/discover/pin-row.ts";
import type { Pin } from "../../src/domain/pin.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/discover");

/** A fixture as a file of a tree. */
export function fixture(format: string, name: string, path = name): SourceText {
  return { path, text: readFileSync(join(FIXTURES, format, name), "utf8") };
}

/** The fixtures of a format, each as a file at the path that it has below the format's own folder. */
export function fixturesOf(format: Format): SourceText[] {
  const entries = readdirSync(join(FIXTURES, format.id), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.sort().map((file) => fixture(format.id, relative(join(FIXTURES, format.id), file)));
}

/** Files of a tree written in place: `{ "Dockerfile": "FROM …" }`. */
export function tree(files: Readonly<Record<string, string>>): SourceText[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

/** Pins as `line upstream current`, with `floating` or `own` where it is so: short enough to read as a table. */
export function summary(files: readonly SourceText[]): string[] {
  return discover(files)
    .pins.map(toPinRow)
    .map((row) => {
      const marks = [row.floating ? "floating" : "", row.own === true ? "own" : ""].filter((mark) => mark !== "");
      return [`${row.line}`, row.upstream.replace("pkg:", ""), row.current, ...marks]
        .filter((word) => word !== "")
        .join(" ");
    });
}

/** The only pin of a tree that has this name. */
export function pinNamed(files: readonly SourceText[], name: string): Pin {
  const found = discover(files).pins.filter((pin) => pin.name === name);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} pins are named ${name}`);
  return found[0];
}

/** What the edits of a pin cover, with their roles. */
export function covered(files: readonly SourceText[], pin: Pin): string[] {
  return pin.edits.map((edit) => {
    const text = files.find((file) => file.path === edit.path)?.text ?? "";
    return `${edit.role} ${text.slice(edit.start, edit.end)} → ${edit.spelling}`;
  });
}
