import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import type { Reading } from "../../src/discover/format.ts";
import { FORMATS } from "../../src/discover/formats.ts";
import type { Value } from "../../src/lib/syntax/pieces.ts";
import { fixturesOf } from "../discover/support.ts";

function valuesOf(reading: Reading): Value[] {
  const { references, variables, inclusions, builds = [] } = reading;
  const parts = references.flatMap(({ value, ref, comment, checksums = [] }) => [
    value,
    ...[ref, comment].filter((part) => part !== undefined),
    ...checksums.map((checksum) => checksum.value),
  ]);
  const given = inclusions.flatMap((inclusion) => inclusion.variables);
  return [...parts, ...builds, ...[...variables, ...given].map(({ value }) => value)];
}

/** A text with one stretch replaced: close to real, and wrong. */
function damaged(text: string) {
  return fc
    .tuple(fc.nat(text.length), fc.nat(40), fc.string({ unit: "binary", maxLength: 8 }))
    .map(([at, length, middle]) => text.slice(0, at) + middle + text.slice(at + length));
}

it("gives every format its own id", () => {
  expect(FORMATS.length).toBeGreaterThan(3);
  expect(new Set(FORMATS.map(({ id }) => id)).size).toBe(FORMATS.length);
});

/** `npm run fuzz` asks for many more runs than a test run has time for. */
const FUZZ_WITHIN = 10 * 60_000;

describe.each(FORMATS.map((format) => [format.id, format] as const))("the format %s", (id, format) => {
  const files = fixturesOf(format);

  it("has a name, and fixtures that it finds by their path and finds something in", () => {
    expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(format.title).not.toBe("");
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(FORMATS.find((one) => one.matches(file.path))?.id).toBe(id);
      expect(format.read(file.text, file.path).references.length).toBeGreaterThan(0);
    }
  });

  it("says of every value truly where it stands", () => {
    for (const file of files) {
      for (const value of valuesOf(format.read(file.text, file.path))) {
        for (const piece of value.pieces) {
          expect(piece.start).toBeLessThanOrEqual(piece.end);
          expect(piece.end).toBeLessThanOrEqual(file.text.length);
          if (piece.kind === "literal") expect(file.text.slice(piece.start, piece.end)).toBe(piece.text);
        }
      }
    }
  });

  it("reads the same twice", () => {
    for (const file of files) expect(format.read(file.text, file.path)).toEqual(format.read(file.text, file.path));
  });

  it(
    "survives whatever stands in the file, and never edits outside of it",
    () => {
      const [file] = files;
      if (file === undefined) throw new Error("no fixture");
      const texts = fc.oneof(damaged(file.text), fc.string({ unit: "binary", maxLength: 200 }));
      fc.assert(
        fc.property(texts, (text) => {
          for (const pin of discover([{ path: file.path, text }]).pins) {
            for (const edit of pin.edits) {
              expect(edit.start).toBeGreaterThanOrEqual(0);
              expect(edit.end).toBeLessThanOrEqual(text.length);
            }
            expect(pin.version).not.toContain("$");
          }
        }),
        { numRuns: Number(process.env.HEADGATE_FUZZ_RUNS ?? 150) },
      );
    },
    FUZZ_WITHIN,
  );
});
