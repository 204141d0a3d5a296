import type { Failure } from "./failure.ts";

/** One file of a snapshot. `mode` is git's; `oid` its blob id (SHA-1), which is the file's identity. */
export type TreeEntry = { readonly path: string; readonly mode: string; readonly oid: string };

/** A project's files at one commit. Symlinks and submodules are listed by mode and never followed. */
export type Tree = {
  /** Absent for a checkout that is not a git repository. */
  readonly commit?: string;
  readonly branch?: string;
  readonly entries: readonly TreeEntry[];
  /** What could not be listed (an unreadable folder, a socket …). */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** A file's text. Failures: `too-large`, `unreadable` (binary, not UTF-8), `not-found`, or the forge's own. */
  readonly read: (entry: TreeEntry) => Promise<string | Failure>;
};
