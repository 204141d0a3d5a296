import type { Precision, Problem } from "../domain/pin.ts";
import type { Value } from "../lib/syntax/pieces.ts";

/**
 * A name that is given a value: ENV, ARG, a shell or Makefile assignment, a line of `.env`, a build argument. It holds
 * from where it stands to the end of its scope.
 */
export type Variable = {
  readonly name: string;
  readonly value: Value;
  /** Where it holds: a build stage, one script, `global` for ARG before FROM; absent for the whole file. */
  readonly scope?: string;
  /** True for a build argument: whoever includes this file may give another value. */
  readonly argument?: boolean;
  /** True where it holds above its own place, too: what a function is called with. */
  readonly always?: boolean;
};

/** A hash that is written beside what it is the hash of. */
export type Checksum = {
  readonly value: Value;
  readonly algorithm: "sha1" | "sha256" | "sha384" | "sha512";
  /** How the hash is written; hexadecimal unless said. */
  readonly encoding?: "base64" | "hex";
  /** The address of what is hashed, with a `{version}` hole, where the reference is none. */
  readonly of?: string;
};

/**
 * Something a file takes from upstream, before holes such as `${VAR}` are filled and before its upstream is inferred.
 * `kind` says how `value` is read:
 * - `image`: an image reference; where its parts stand apart, `value` is the repository and `registry`, `ref` (the tag)
 *   and `digest` are the others;
 * - `url`: the address of a download;
 * - `git`: the address of a repository that is cloned, `ref` being what is checked out, `digest` the commit that it is
 *   compared with;
 * - `action`: `owner/name[/path]@ref`;
 * - `version`: a version as written (empty: none is), `upstream` being its purl.
 */
export type Reference = {
  readonly kind: "image" | "url" | "git" | "action" | "version";
  readonly value: Value;
  readonly scope?: string;
  /** What a maintainer calls it; else the upstream's own name. */
  readonly name?: string;
  readonly upstream?: string;
  readonly tagTemplate?: string;
  readonly scheme?: string;
  readonly precision?: Precision;
  /** The list of values, one of which this reference is: several of one upstream are alternatives. */
  readonly oneOf?: string;
  /** Only what begins with a digit (and has a dot) is a version; with any other value the reference says nothing. */
  readonly numeric?: boolean | "dotted";
  /** All that is written of a version with its operators, where that is more than `value`. */
  readonly written?: string;
  readonly ref?: Value;
  /**
   * Whether exact content may be written there: of a repository only where this says so (`git clone --branch` takes no
   * commit), of an image unless this says no.
   */
  readonly pinnable?: boolean;
  /** The comment that tells the tag behind a commit which is pinned there, with a `{tag}` hole. */
  readonly pinComment?: string;
  /** Where a clone ends that names a tag, and the folder that it is in, as written: its commit can be compared there. */
  readonly clone?: { readonly end: number; readonly folder: string };
  /** The path of the submodule that it is: git's tree records its commit. */
  readonly submodule?: string;
  readonly registry?: Value;
  readonly digest?: Value;
  /** The tag that a comment names beside a commit. */
  readonly comment?: Value;
  readonly checksums?: readonly Checksum[];
  /** True where what an address gives is run as it comes. */
  readonly run?: boolean;
  /** Where the file states the version that a URL holds, too. */
  readonly stated?: Value;
  /** The lock file that is known to govern it. */
  readonly lockedBy?: string;
  /** True where the lock file of such a manifest records it, if the project has one. */
  readonly locked?: boolean;
  /** Other lock files that govern it where they exist, likeliest first, relative to the project's root. */
  readonly locks?: readonly string[];
  /** The project builds it itself, as this file shows. */
  readonly own?: boolean;
  /** Names that mean something inside this file from an offset on, such as build stages: not images. */
  readonly local?: ReadonlyMap<string, number>;
};

/** The name of what a file holds as a whole, for those who read it. */
export const CONTENT = "$content";

/** A word in an address that something puts a value in the place of before it is used, as sed does. */
export type Replacement = { readonly placeholder: string; readonly value: Value; readonly scope?: string };

/** A statement that another file is used with values of this one. */
export type Inclusion = {
  /** Where that file may be, best guess first, relative to the project's root. The first that exists is meant. */
  readonly paths: readonly string[];
  /** The same path where it has holes: its parts, and the folders it may start from. Comes before `paths`. */
  readonly composed?: { readonly folders: readonly string[]; readonly parts: readonly (Value | string)[] };
  /** Values it is given by name. */
  readonly variables: readonly Variable[];
  /** Names that mean something else than images while it is built. */
  readonly contexts?: readonly string[];
  /** The scope of this file whose variables hold there, too. */
  readonly scope?: string;
  /** Words of that file in whose place values of this one are put. */
  readonly replaces?: readonly Replacement[];
  /** Files that say which versions are installed there where nothing is written, relative to the project's root. */
  readonly constraints?: readonly string[];
};

/** What one file says. Never throws: what was not understood is a problem. */
export type Reading = {
  readonly references: readonly Reference[];
  readonly variables: readonly Variable[];
  readonly inclusions: readonly Inclusion[];
  /** Files whose variables hold in this one, as a compose file's `.env`. */
  readonly takes?: readonly string[];
  /** Words of this file in whose place values are put. */
  readonly replaces?: readonly Replacement[];
  /** Files of versions that hold for what this one leaves open, relative to the project's root. */
  readonly constraints?: readonly string[];
  /** Scope → the scope whose variables it inherits. */
  readonly scopes?: Readonly<Record<string, string>>;
  /** The scope of a function → the offset it is called at: what stands before it in the outer scopes holds. */
  readonly calls?: Readonly<Record<string, number>>;
  /** True where the order of definitions means nothing, as in YAML mappings. */
  readonly unordered?: boolean;
  /** Images that this file says the project builds: repositories as written, without a tag. */
  readonly builds?: readonly Value[];
  /** Services that Compose builds without a name for the image: it makes one of the project's and the service's. */
  readonly composed?: readonly { readonly project?: string; readonly service: string }[];
  /** Purls of packages that this file declares to be the project's own. */
  readonly publishes?: readonly string[];
  readonly problems: readonly Problem[];
};

/** A kind of file. One file, one line in `formats.ts`. It only reads. */
export type Format = {
  readonly id: string;
  readonly title: string;
  /** Decides by path alone: nothing is opened to find out. */
  readonly matches: (path: string) => boolean;
  readonly read: (text: string, path: string) => Reading;
  /** True for a path that does not tell for sure: what turns out to be no text there is passed over. */
  readonly guesses?: (path: string) => boolean;
  /** Characters of the longest text that is read; absent: `LONGEST_TEXT`. For readers whose time grows faster than the text. */
  readonly longest?: number;
};

/**
 * Characters of the longest text that a format reads: a mebibyte takes up to three seconds of processor time and some
 * hundred megabytes for the moment, of whoever wrote it.
 */
export const LONGEST_TEXT = 1024 * 1024;

/** What is read of a file with nothing in it for us. */
export const NOTHING_READ: Reading = { references: [], variables: [], inclusions: [], problems: [] };
