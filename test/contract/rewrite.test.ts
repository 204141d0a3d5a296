import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pep440 } from "../../src/compare/schemes/pep440.ts";
import { discover, type SourceText } from "../../src/discover/discover.ts";
import { FORMATS } from "../../src/discover/formats.ts";
import { type Component, type Edit, isFloating, type Pin, toComponents } from "../../src/domain/pin.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { type RewriteTarget, rewrite } from "../../src/lib/rewrite.ts";
import { fixturesOf } from "../discover/support.ts";

const LENGTHS = { sha1: 40, sha256: 64, sha384: 96, sha512: 128 } as const;
const COMMIT = "9".repeat(40);
const DIGEST = `sha256:${"8".repeat(64)}`;

/** Components of which every pinned place can be written, in one version. */
function movable(file: SourceText): Component[] {
  return toComponents("p", discover([file]).pins).flatMap((component) => {
    const pins = component.pins.filter((pin) => !isFloating(pin));
    const isFree = pins.length > 0 && pins.every((pin) => pin.edits.length > 0 && pin.lockedBy === undefined);
    const digests = new Set(pins.map(({ digest }) => digest));
    return isFree && component.current.length === 1 && digests.size === 1 ? [{ ...component, pins }] : [];
  });
}

/** What is written at an edit, as hexadecimal digits. */
function hexOf(file: SourceText, edit: Edit): string {
  const text = file.text.slice(edit.start, edit.end);
  return edit.spelling.includes("{base64}")
    ? Buffer.from(text.replace(/^sha\d+-/, ""), "base64").toString("hex")
    : text;
}

function targetOf(
  pins: readonly Pin[],
  version: string,
  digest: string,
  hexOfEdit: (edit: Edit) => string,
): RewriteTarget {
  return {
    version,
    tag: (pins[0]?.tagTemplate ?? "{version}").replace("{version}", version),
    digest,
    commit: digest,
    checksums: pins
      .flatMap((pin) => pin.edits)
      .flatMap((edit) => (edit.of === undefined ? [] : [{ ...edit.of, hex: hexOfEdit(edit) }])),
  };
}

function moved(file: SourceText, pins: readonly Pin[], target: RewriteTarget): SourceText {
  const outcome = rewrite({ files: [file], pins, target, discover });
  if (isFailure(outcome)) throw outcome;
  return outcome.changes[0] ?? file;
}

/** The version with higher numbers in it: some packages changed their name with a major version. */
function renumbered(version: string, numbers: readonly number[]): string {
  const left = [...numbers];
  return version.replace(/\d+/g, (digits) => String(Number(digits) + (left.shift() ?? 0)));
}

/** `>=2.0.0,<3.0.0` reads as where its series begins. */
function isOfSeries({ edits }: Pin): boolean {
  return edits.some(({ spelling }) => spelling.includes("{next"));
}

const number = fc.integer({ min: 1, max: 300 });

describe.each(FORMATS.map((format) => [format.id, format] as const))("pins of the format %s", (_, format) => {
  const cases = fixturesOf(format).flatMap((file) => movable(file).map((component) => ({ file, component })));

  it("read as the new version at the same places after a move, and as they were, byte for byte, after the move back", () => {
    for (const { file, component } of cases) {
      const { pins, key } = component;
      const [current = ""] = component.current;
      const places = pins.map(({ path, line }) => [path, line]);
      const written = new Map(pins.flatMap((pin) => pin.edits).map((edit) => [edit.of?.url ?? "", hexOf(file, edit)]));
      fc.assert(
        fc.property(number, number, number, (...numbers) => {
          const version = renumbered(current, numbers);
          const digest = key.startsWith("pkg:docker/") ? DIGEST : COMMIT;
          const target = targetOf(pins, version, digest, (edit) => "6".repeat(LENGTHS[edit.of?.algorithm ?? "sha256"]));
          const there = moved(file, pins, target);
          const now = toComponents("p", discover([there]).pins).find((one) => one.key === key);
          const after = (now?.pins ?? []).filter((pin) => !isFloating(pin));
          if (pins.some(isOfSeries))
            expect(after.map(({ text }) => pep440.satisfies(version, text))).not.toContain(false);
          else expect(now?.current, key).toEqual([version]);
          expect(after.map(({ path, line }) => [path, line])).toEqual(places);
          const back = targetOf(after, current, pins[0]?.digest ?? "", (edit) => written.get(edit.of?.url ?? "") ?? "");
          expect(moved(there, after, back).text).toBe(file.text);
        }),
        { numRuns: 5 },
      );
    }
  });
});

it("holds for most formats, so that silence means something", () => {
  const without = FORMATS.filter((format) => fixturesOf(format).flatMap(movable).length === 0).map(({ id }) => id);
  expect(without.length).toBeLessThan(FORMATS.length / 4);
});
