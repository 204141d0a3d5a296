import type { Reading, Replacement, Variable } from "../format.ts";
import type { DefinedNames } from "./definitions.ts";

/** A file that was read, with what finds lines and variables in it quickly. */
export type ReadFile = {
  readonly path: string;
  readonly text: string;
  readonly starts: readonly number[];
  readonly format: string;
  readonly reading: Reading;
  readonly variables: ReadonlyMap<string, readonly Variable[]>;
  readonly defined: DefinedNames;
};

/** A file that uses another one, and the values it gives it. */
export type Includer = {
  readonly file: ReadFile;
  readonly variables: readonly Variable[];
  readonly scope?: string;
  readonly constraints?: readonly string[];
  readonly replaces?: readonly Replacement[];
  readonly contexts?: ReadonlySet<string>;
};

/** The files of a tree that were read, by path, and for each the files that include it. */
export type ReadTree = {
  readonly files: ReadonlyMap<string, ReadFile>;
  /** Lock files that exist; nobody reads them. */
  readonly locks: ReadonlySet<string>;
  /** The commits that the project records of its submodules, by path. */
  readonly commits: ReadonlyMap<string, string>;
  readonly includers: ReadonlyMap<string, readonly Includer[]>;
};
