import { Failure } from "../failure.ts";
import { createGate } from "../limits/gate.ts";
import type { Tree, TreeEntry } from "../tree.ts";
import { toFileText } from "./file-text.ts";
import { runGit } from "./git-listing.ts";

/** Git processes at once. */
const AT_ONCE = 8;

/**
 * The commit that a checkout was at: a tag, branch or commit, or the last one of its branch before a date
 * (`2026-11-01`, or a moment). `misconfigured` when there is none.
 */
export async function commitAt(folder: string, when: string): Promise<string | Failure> {
  const command = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?$/.test(when)
    ? ["rev-list", "-1", "--first-parent", `--before=${when}`, "HEAD", "--"]
    : ["rev-parse", "--verify", "--quiet", "--end-of-options", `${when}^{commit}`];
  const commit = (await runGit(folder, command))?.trim() ?? "";
  if (/^[0-9a-f]{40,64}$/.test(commit)) return commit;
  return new Failure(
    "misconfigured",
    `${folder} has no commit at "${when}": give a date such as 2026-11-01, a tag, or a commit of a checkout with its history.`,
  );
}

/** A checkout's files as one of its commits has them. Nothing is checked out. */
export async function readCommitTree(folder: string, commit: string): Promise<Tree | Failure> {
  const listing = await runGit(folder, ["ls-tree", "-r", "-z", "--full-tree", commit, "--"]);
  if (listing === undefined) return new Failure("unreadable", `git could not list ${commit} of ${folder}.`);
  const entries = listing.split("\0").flatMap(toEntry);
  const gate = createGate(AT_ONCE);
  return {
    commit,
    entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    problems: [],
    read: (entry) => gate(() => readBlob(folder, entry)),
  };
}

/** `100644 blob <oid>\t<path>`; a submodule's oid is the commit that is recorded of it. */
function toEntry(row: string): TreeEntry[] {
  const [, mode, oid, path] = /^(\d{6}) (?:blob|commit) ([0-9a-f]{40,64})\t(.+)$/s.exec(row) ?? [];
  return mode === undefined || oid === undefined || path === undefined ? [] : [{ path, mode, oid }];
}

async function readBlob(folder: string, { path, oid }: TreeEntry): Promise<string | Failure> {
  const text = await runGit(folder, ["cat-file", "blob", oid ?? ""]);
  return text === undefined
    ? new Failure("unreadable", `${path} could not be read from git.`)
    : toFileText(path, Buffer.from(text));
}
