import type { Failure } from "./failure.ts";

/**
 * One file of a snapshot. `mode` is git's. `oid` is the blob id (SHA-1) where the listing names it for free: a forge
 * does; a working folder does not, because files may have changed since they were added. The id of a file that was read
 * is `blobId(text)` in both cases. Of a submodule (160000) it is the commit that the project records, where it is known.
 */
export type TreeEntry = { readonly path: string; readonly mode: string; readonly oid?: string };

/** A project's files at one commit. Symlinks (120000) and submodules (160000) are listed and never followed. */
export type Tree = {
  /** Absent for a checkout that is not a git repository. */
  readonly commit?: string;
  readonly branch?: string;
  /** In the order of their paths. */
  readonly entries: readonly TreeEntry[];
  /** What could not be listed (an unreadable folder, a socket …). */
  readonly problems: readonly TreeProblem[];
  /**
   * A file's text, byte for byte: a byte order mark and CRLF stay. Failures: `too-large` (over 5 MiB), `unreadable`
   * (binary, not UTF-8, not a regular file), `not-found`, or the forge's own.
   */
  readonly read: (entry: TreeEntry) => Promise<string | Failure>;
};

/** Something of a snapshot that could not be listed. */
export type TreeProblem = { readonly path: string; readonly message: string };
