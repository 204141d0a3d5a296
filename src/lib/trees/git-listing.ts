import { execFile } from "node:child_process";
import { Failure, isFailure } from "../failure.ts";
import type { TreeEntry, TreeProblem } from "../tree.ts";

/** What git says of a working folder: files it tracks or would track, not those it is told to ignore. */
export type GitListing = {
  readonly commit?: string;
  readonly branch?: string;
  readonly entries: readonly TreeEntry[];
  readonly problems: readonly TreeProblem[];
};

/** Nothing that the repository's own configuration could start. */
const SAFE = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.pager", "cat"],
  ["gc.auto", "0"],
].flatMap(([key, value]) => ["-c", `${key}=${value}`]);

/** Whoever owns the folder may be somebody else (a mounted volume), which is harmless for commands that only list. */
const LISTING = ["-c", "safe.directory=*"];

/** The child gets nothing of our environment: neither secrets nor a `GIT_DIR` that points elsewhere. */
const ENVIRONMENT = {
  PATH: "/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_OPTIONAL_LOCKS: "0",
};

const SUBMODULE = "160000";
const TIMEOUT = 30_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Lists a working folder with git; undefined when it is not one, git is missing, or git does not answer in time. */
export async function listWithGit(folder: string): Promise<GitListing | undefined> {
  const [tracked, deleted, untracked, head] = await Promise.all([
    runGit(folder, ["ls-files", "-t", "-s", "-z"]),
    runGit(folder, ["ls-files", "-d", "-z"]),
    runGit(folder, ["ls-files", "-o", "--exclude-standard", "-z"]),
    runGit(folder, ["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"]),
  ]);
  if (tracked === undefined || deleted === undefined || untracked === undefined) return undefined;
  const index = readIndex(tracked);
  const recorded = new Set(index.entries.flatMap(({ path, mode }) => (mode === SUBMODULE ? [path] : [])));
  const gone = new Set(split(deleted).filter((path) => !recorded.has(path))); // one that was never checked out has no folder
  return {
    ...readHead(head),
    entries: [...index.entries.filter(({ path }) => !gone.has(path)), ...split(untracked).map(toUntracked)],
    problems: index.outside === 0 ? [] : [outsideSparseCheckout(index.outside)],
  };
}

/** Rows of `ls-files -t -s`: `H 100644 <oid> <stage>\t<path>`; `S` marks files left out of a sparse checkout. */
function readIndex(output: string): { entries: TreeEntry[]; outside: number } {
  const entries = new Map<string, TreeEntry>();
  let outside = 0;
  for (const row of split(output)) {
    const tab = row.indexOf("\t");
    const [tag, mode = "", oid = ""] = row.slice(0, tab).split(" ");
    const path = row.slice(tab + 1);
    if (tag === "S") outside++;
    else entries.set(path, mode === SUBMODULE ? { path, mode, oid } : { path, mode }); // an unmerged path has up to three rows
  }
  return { entries: [...entries.values()], outside };
}

/** An untracked name that ends in a slash is a repository of its own. Modes of the others are looked up by the caller. */
function toUntracked(path: string): TreeEntry {
  return path.endsWith("/") ? { path: path.slice(0, -1), mode: SUBMODULE } : { path, mode: "" };
}

function outsideSparseCheckout(count: number): TreeProblem {
  return { path: ".", message: `${count} files are outside the sparse checkout and were not read.` };
}

function readHead(output: string | undefined): { commit?: string; branch?: string } {
  const [commit = "", ref = ""] = (output ?? "").split("\n");
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return {};
  return ref.startsWith("refs/heads/") ? { commit, branch: ref.slice("refs/heads/".length) } : { commit };
}

function split(output: string): string[] {
  return output.split("\0").filter((row) => row !== "");
}

/** What a git command that only reads printed; undefined when it failed or took too long. */
export async function runGit(folder: string, command: readonly string[]): Promise<string | undefined> {
  const output = await startGit(folder, [...LISTING, ...command]);
  return isFailure(output) ? undefined : output;
}

/** What a git command printed, or how it failed in its own words. `home`: where the name of who commits is kept. */
export function startGit(folder: string, command: readonly string[], home?: string): Promise<string | Failure> {
  const environment = home === undefined ? ENVIRONMENT : { ...ENVIRONMENT, HOME: home };
  const options = { cwd: folder, env: environment, timeout: TIMEOUT, maxBuffer: MAX_OUTPUT };
  return new Promise((resolve) => {
    execFile("git", [...SAFE, ...command], options, (error, output, said) =>
      resolve(error === null ? output : new Failure("refused", `git: ${said.trim() || error.message}`)),
    );
  });
}
