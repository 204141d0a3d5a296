import { LOCKED, PIN_BY_HAND } from "../../../src/domain/digest.ts";
import { asPinning, isFloating, isWatched, type Pin, whyByHand } from "../../../src/domain/pin.ts";

/** What may become of a pin; the worst of all trials counts. */
const KINDS = ["wrong", "refused", "by hand", "moved"] as const;
type Kind = (typeof KINDS)[number];
type Note = { readonly kind: Kind; readonly why: string };

/** Something that a change did besides what was asked for; `key`: the pin that it happened to. */
export type Fault = { readonly key: string; readonly why: string };

/** What became of pins, by their place and name. */
export type Notes = {
  readonly of: (pin: Pin) => Note | undefined;
  readonly failed: (pins: readonly Pin[], message: string) => void;
  readonly built: (pins: readonly Pin[], byHand: readonly Pin[], faults: readonly Fault[]) => void;
  /** Places of which no order is known. */
  readonly unordered: string[];
};

export const keyOf = ({ path, line, name, upstream }: Pin) => `${path}:${line} ${name} ${upstream}`;

export function createNotes(): Notes {
  const notes = new Map<string, Note>();
  const add = (pin: Pin, note: Note) => {
    const known = notes.get(keyOf(pin));
    if (known === undefined || KINDS.indexOf(note.kind) < KINDS.indexOf(known.kind)) notes.set(keyOf(pin), note);
  };
  return {
    of: (pin) => notes.get(keyOf(pin)),
    unordered: [],
    failed: (pins, message) => {
      for (const pin of pins) {
        const told = [LOCKED, PIN_BY_HAND].some((words) => message.startsWith(words)); // names three places at most
        add(pin, told ? { kind: "by hand", why: whyByHand(pin, "") } : { kind: "refused", why: message });
      }
    },
    built: (pins, byHand, faults) => {
      const left = new Map(byHand.map((pin) => [keyOf(pin), pin]));
      const own = new Set(pins.map(keyOf));
      const common = faults.filter(({ key }) => !own.has(key));
      for (const pin of pins) {
        const hand = left.get(keyOf(pin));
        const wrong = [...faults.filter(({ key }) => key === keyOf(pin)), ...common];
        if (wrong.length > 0)
          add(pin, {
            kind: "wrong",
            why: wrong
              .slice(0, 3)
              .map(({ why }) => why)
              .join("; "),
          });
        else add(pin, hand === undefined ? { kind: "moved", why: "" } : { kind: "by hand", why: whyByHand(hand, "") });
      }
    },
  };
}

type Result = {
  readonly versions: Notes;
  readonly pinnings: Notes;
  readonly left: ReadonlySet<string>;
  readonly lowered: readonly string[];
};

/** One table per tree: how many, and then each reason with how often and where first. */
export function printNotes(tree: string, pins: readonly Pin[], { versions, pinnings, left, lowered }: Result): void {
  const watched = pins.filter(isWatched);
  const fixed = watched.filter((pin) => !isFloating(pin));
  const pinnable = watched.filter((pin) => asPinning(pin) !== undefined);
  const floating = watched.filter((pin) => isFloating(pin) && pin.digest === undefined && asPinning(pin) === undefined);
  console.log(`\n## ${tree}: ${pins.length} pins, ${pins.length - watched.length} not followed`);
  console.log(`versions: ${fixed.length} (${counts(fixed, versions)})`);
  console.log(
    `content behind names: ${pinnable.length} (${counts(pinnable, pinnings)}); ${floating.length} cannot be pinned`,
  );
  console.log(`places near a move that still say the old version: ${left.size}`);
  console.log(`proposed although nothing is newer: ${lowered.length}${lowered.map((one) => `\n  ${one}`).join("")}`);
  list(fixed, versions, (pin) => (pin.precision === "range" ? "range admits it" : "no newer version"));
  list(pinnable, pinnings, () => "no candidate");
  list(floating, createNotes(), ({ lockedBy, format }) => (lockedBy === undefined ? `floats in ${format}` : "locked"));
  for (const line of [...new Set(versions.unordered)]) console.log(`  no order: ${line}`);
  for (const line of left) console.log(`  left: ${line}`);
}

function counts(pins: readonly Pin[], notes: Notes): string {
  const kinds = Map.groupBy(pins, (pin) => notes.of(pin)?.kind ?? "not asked to");
  return [...kinds].map(([kind, members]) => `${members.length} ${kind}`).join(", ");
}

function list(pins: readonly Pin[], notes: Notes, otherwise: (pin: Pin) => string): void {
  const groups = Map.groupBy(pins, (pin) => {
    const note = notes.of(pin);
    return note === undefined ? otherwise(pin) : note.kind === "moved" ? "" : `${note.kind}: ${generally(note.why)}`;
  });
  groups.delete("");
  for (const [reason, members] of [...groups].sort(([, a], [, b]) => b.length - a.length)) {
    const [first] = members;
    if (first === undefined) continue;
    const examples = members
      .slice(0, 3)
      .map((pin) => `${keyOf(pin)} ${pin.text} ${notes.of(pin)?.why.slice(0, 300) ?? ""}`);
    console.log(`  ${members.length} × ${reason}\n      ${examples.join("\n      ")}`);
  }
}

/** The same reason at other places, of other versions, is one. */
function generally(why: string): string {
  return why
    .replace(/[\w./@+-]+:\d+(?: \([^)]*\))?/g, "PLACE")
    .replace(/https?:\/\/\S+/g, "ADDRESS")
    .replace(/\b[0-9a-f]{12,}\b/g, "HASH")
    .replace(/\d+(?:[._]\d+)*/g, "N")
    .slice(0, 200);
}
