import type { Place } from "../../../domain/pin.ts";
import type { Tone } from "../../../views/mail.ts";
import { plainLine } from "../../../views/plain.ts";
import { list } from "../../../views/words.ts";

/** One thing a digest says, in words, before it is HTML, text or Markdown. Nothing in it is escaped. */
export type Item = {
  readonly title: string;
  readonly url?: string;
  /** Which project, how far, how many places. */
  readonly about: readonly string[];
  readonly facts: readonly Fact[];
  /** A command that somebody may want to type. */
  readonly command?: string;
  /** Sanitised Markdown, made when it is asked for: most items of a long digest are never written out. */
  readonly notes?: () => string;
  /** The last digest did not say it. */
  readonly isNew?: boolean;
  /** One of a list of equals: a line of its own is enough. */
  readonly compact?: boolean;
};

/** A sentence with its mark: `fixes`, `look`, `held`, `until` … */
export type Fact = { readonly mark: string; readonly tone: Tone; readonly text: string; readonly url?: string };

/** A part of a digest under its own heading. */
export type Section = { readonly heading: string; readonly tone: Tone; readonly items: readonly Item[] };

const MAX_FACTS = 8;

/** Nothing that somebody else wrote may be so long that it takes the room of everything else. */
export function shortened(item: Item): Item {
  return {
    ...item,
    title: plainLine(item.title, 200),
    about: item.about.map((part) => plainLine(part, 100)),
    facts: item.facts.map((fact) => ({ ...fact, mark: plainLine(fact.mark, 60), text: plainLine(fact.text, 600) })),
  };
}

/** The first of many facts, and how many there are besides. */
export function capped(facts: readonly Fact[]): Fact[] {
  if (facts.length <= MAX_FACTS) return [...facts];
  return [
    ...facts.slice(0, MAX_FACTS - 1),
    { mark: "and", tone: "calm", text: `${facts.length - MAX_FACTS + 1} more reasons` },
  ];
}

/** Where something stands, as a fact. */
export function placesFact(places: readonly Place[]): Fact[] {
  return places.length === 0 ? [] : [{ mark: "in", tone: "calm", text: placesText(places) }];
}

/** `Dockerfile:7, compose.yml:12 and 3 more`. */
export function placesText(places: readonly Place[]): string {
  return list(
    places.map(({ path, line }) => `${path}:${line}`),
    5,
  );
}
