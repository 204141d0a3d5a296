import type { InlineWord, Precision, Problem } from "../domain/pin.ts";

/** A half-open range of UTF-16 code units in a file's text. */
export type Span = { readonly start: number; readonly end: number };

/** A piece of text as written, and where. */
export type Spanned = Span & { readonly text: string };

/** A name that is given a value: ENV, ARG, a shell or Makefile assignment, a line of `.env`, a build argument. */
export type Variable = {
  readonly name: string;
  readonly value: Spanned;
  readonly line: number;
  /** Where the value holds: a build stage, `global` for ARG before FROM, absent for the whole file. */
  readonly scope?: string;
};

/**
 * Something a file takes from upstream, before holes such as `${VAR}` are filled and before its upstream is inferred.
 * `kind` says how `value` is read: an image reference, a URL, a requirement, an action.
 */
export type Reference = {
  readonly kind: string;
  readonly value: Spanned;
  readonly line: number;
  readonly scope?: string;
  /** What only the format knows: a comment that names the tag of a SHA, a specifier's operator, hashes. */
  readonly comment?: Spanned;
  readonly name?: string;
  readonly precision?: Precision;
  readonly word?: InlineWord;
  readonly lockedBy?: string;
};

/** A statement of the repository that one file's variables or requirements are used by another. Paths are relative to the root. */
export type Inclusion = { readonly path: string; readonly variables: readonly Variable[] };

/** What one file says. Never throws: what was not understood is a problem. */
export type Reading = {
  readonly references: readonly Reference[];
  readonly variables: readonly Variable[];
  readonly inclusions: readonly Inclusion[];
  readonly problems: readonly Problem[];
};

/** A kind of file. One file, one line in `formats.ts`. It only reads. */
export type Format = {
  readonly id: string;
  readonly title: string;
  /** Decides by path alone: nothing is opened to find out. */
  readonly matches: (path: string) => boolean;
  readonly read: (text: string, path: string) => Reading;
};
