import type { Pin, Place } from "../../../src/domain/pin.ts";
import { spellingsOf } from "../../../src/domain/spellings.ts";
import { addressOf } from "../../../src/flow/deliver/resolve-target.ts";
import type { SourceFile } from "../../../src/flow/discover/read-pins.ts";
import type { Planned } from "../../../src/flow/plan/planned.ts";
import { type Fault, keyOf } from "./notes.ts";
import { hashOf } from "./outside.ts";

/** A tree, read. */
export type ReadTree = { readonly files: readonly SourceFile[]; readonly pins: readonly Pin[] };

/** What is wrong with changes, as the tree reads before and after them; empty: exactly what was asked for happened. */
export function faultsOf(set: readonly Planned[], byHand: readonly Pin[], before: ReadTree, after: ReadTree): Fault[] {
  const now = keyed(after.pins);
  const stays = new Set(byHand.map(keyOf));
  const moving = new Map(set.flatMap((one) => one.candidate.component.pins.map((pin) => [keyOf(pin), one] as const)));
  const faults: Fault[] = [];
  for (const [key, pin] of keyed(before.pins)) {
    const one = now.get(key);
    const planned = moving.get(keyOf(pin));
    const found: string[] = [];
    if (one === undefined) found.push("is gone");
    else if (planned !== undefined && !stays.has(keyOf(pin))) found.push(...faultsAt(pin, one, planned));
    else if (contentOf(one) !== contentOf(pin)) found.push(`changed, too: ${contentOf(one)}`);
    faults.push(...found.map((why) => ({ key: keyOf(pin), why: `${placeOf(pin)} ${why}` })));
  }
  const added = after.pins.length - before.pins.length;
  if (added !== 0) faults.push({ key: "", why: `${added} pins more than before` });
  return [...faults, ...strayLines(set, before, after).map((why) => ({ key: "", why }))];
}

function faultsAt(pin: Pin, now: Pin, { candidate: { to, step } }: Planned): string[] {
  const faults: string[] = [];
  const counted = pin.precision === "range" && to.version.startsWith(now.version) && now.version !== pin.version;
  if (step !== "pin" && pin.version !== "" && now.version !== to.version && !counted)
    faults.push(`reads as ${now.version}, not ${to.version}`);
  if (step === "pin" && now.digest === undefined) faults.push("has no digest");
  const digests = [to.commit, to.digests.index];
  if (now.digest !== undefined && !digests.includes(now.digest))
    faults.push(`has ${now.digest}, not ${digests.join(" or ")}`);
  for (const { of, line } of now.edits) {
    if (of === undefined || of.url.includes("#file-")) continue;
    const url = addressOf(of.url, to);
    if (of.hex !== hashOf(url, of.algorithm)) faults.push(`has a checksum in line ${line} that is not of ${url}`);
  }
  return faults;
}

/** Lines that changed without an edit. */
function strayLines(set: readonly Planned[], before: ReadTree, after: ReadTree): string[] {
  const pins = set.flatMap(({ candidate }) => candidate.component.pins);
  const edited = new Set(pins.flatMap((pin) => pin.edits.map(({ path, line }) => `${path}:${line}`)));
  const texts = new Map(after.files.map(({ path, text }) => [path, text]));
  return before.files.flatMap(({ path, text }) => {
    const now = texts.get(path) ?? "";
    if (now === text) return [];
    const [old, changed] = [text.split("\n"), now.split("\n")];
    if (old.length !== changed.length) return [`${path} has another number of lines`];
    return old.flatMap((line, index) =>
      line === changed[index] || edited.has(`${path}:${index + 1}`)
        ? []
        : [`${path}:${index + 1} changed without an edit`],
    );
  });
}

const NEAR = 3;

/** Lines near what moved that still say the old version, and that no other pin explains: `path:line: text`. */
export function leftBehind(
  set: readonly Planned[],
  before: ReadTree,
  after: ReadTree,
  moved: ReadonlySet<string>,
): ReadonlySet<string> {
  const lines = new Map(after.files.map(({ path, text }) => [path, text.split("\n")]));
  const ofVersions = set.map(({ candidate }) => candidate).filter(({ step }) => step !== "pin" && step !== "digest");
  const pins = ofVersions.flatMap(({ component }) => component.pins);
  const numbered = pins.filter((pin) => moved.has(keyOf(pin)) && /\d[._]\d/.test(pin.version));
  return new Set(
    numbered.flatMap((pin) => {
      const others = [...before.pins, ...after.pins].filter(
        (one) => one.upstream !== pin.upstream && one.version === pin.version,
      );
      return linesNear(pin).flatMap(({ path, line }) => {
        const text = lines.get(path)?.[line - 1] ?? "";
        const isLeft = says(text, pin.version) && !others.some((other) => isNear(other, path, line));
        return isLeft ? [`${path}:${line}: ${text.trim().slice(0, 160)}`] : [];
      });
    }),
  );
}

function linesNear(pin: Pin): Place[] {
  const around = Array.from({ length: 2 * NEAR + 1 }, (_, index) => index - NEAR);
  return placesOf(pin).flatMap(({ path, line }) => around.map((by) => ({ path, line: line + by })));
}

function placesOf(pin: Pin): Place[] {
  return [pin, ...pin.linked, ...pin.edits.map(({ path, line = 0 }) => ({ path, line }))];
}

function isNear(pin: Pin, path: string, line: number): boolean {
  return placesOf(pin).some((place) => place.path === path && place.line === line);
}

function says(text: string, version: string): boolean {
  const { major: _, nodots, ...whole } = spellingsOf(version);
  const words = [...Object.values(whole), ...(nodots.length > 3 ? [nodots] : [])];
  return words.some((word) => {
    const at = text.indexOf(word);
    return at >= 0 && !/[\d.]$/.test(text.slice(0, at)) && !/^[._]?\d/.test(text.slice(at + word.length));
  });
}

function placeOf({ path, line }: Pick<Pin, "path" | "line">): string {
  return `${path}:${line}`;
}

function contentOf({ text, version, digest = "" }: Pin): string {
  return `${text} ${version} ${digest}`;
}

function keyed(pins: readonly Pin[]): Map<string, Pin> {
  const counts = new Map<string, number>();
  return new Map(
    pins.map((pin) => {
      const key = keyOf(pin);
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return [`${key} ${count}`, pin];
    }),
  );
}
