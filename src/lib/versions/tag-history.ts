import { type Instant, toInstant } from "../../domain/instant.ts";
import { Failure } from "../failure.ts";
import { runGit } from "../trees/git-listing.ts";

/** A tag of a clone, with what a forge would say of it. `at`: when it was tagged; of a bare tag, when its commit was made. */
export type HistoricTag = {
  readonly name: string;
  readonly commit: string;
  readonly at: Instant;
  /** The tag's own signature where it has one, else its commit's: armoured, as git keeps it. */
  readonly signature?: string;
  /** Who tagged it, or made its commit: `Name <address>`. */
  readonly person: string;
  /** Whether one of the clone's branches has its commit. */
  readonly onBranch: boolean;
};

/** Only commits and tags are read as text: a tag may also stand for a file of any kind. */
const FORMAT = [
  "%(refname:strip=2)",
  "%(objectname)",
  "%(*objectname)",
  "%(if:equals=tag)%(objecttype)%(then)%(raw)%(end)",
  "%(if:equals=commit)%(objecttype)%(then)%(raw)%(else)%(if:equals=commit)%(*objecttype)%(then)%(*raw)%(end)%(end)",
  "",
].join("%00");
const FIELDS = 5;

/** Reads all tags of a clone that is already there, oldest first. Only git commands that read; nothing is fetched. */
export async function readTagHistory(folder: string): Promise<HistoricTag[] | Failure> {
  const [tags, branches] = await Promise.all([
    runGit(folder, ["for-each-ref", `--format=${FORMAT}`, "refs/tags/"]),
    runGit(folder, ["rev-list", "--branches", "--remotes"]),
  ]);
  if (tags === undefined || branches === undefined) {
    return new Failure("misconfigured", `${folder} is no git repository, or git does not answer there.`);
  }
  const merged = new Set(branches.split("\n"));
  const fields = tags.split("\0");
  const read: HistoricTag[] = [];
  for (let index = 0; index + FIELDS < fields.length; index += FIELDS) {
    const tag = readTag(fields.slice(index, index + FIELDS), merged);
    if (tag !== undefined) read.push(tag);
  }
  return read.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** `commit` and `tag` objects begin with `key value` lines; what a tag's signature signs stands before it. */
function readTag(
  [name = "", object = "", peeled = "", tag = "", commit = ""]: readonly string[],
  merged: ReadonlySet<string>,
): HistoricTag | undefined {
  const own = tag === "" ? commit : tag;
  const [, person, seconds] = /^(?:tagger|committer) (.*) (\d+) [+-]\d{4}$/m.exec(own) ?? [];
  const at = toInstant(Number(seconds) * 1000);
  if (commit === "" || person === undefined || at === undefined) return undefined;
  const id = peeled === "" ? object : peeled;
  const signature = signatureOfTag(tag) ?? signatureOfCommit(commit);
  return {
    name: name.trim(),
    commit: id,
    at,
    person,
    onBranch: merged.has(id),
    ...(signature !== undefined && { signature }),
  };
}

function signatureOfTag(tag: string): string | undefined {
  const begin = tag.search(/^-----BEGIN (?:PGP SIGNATURE|SSH SIGNATURE|SIGNED MESSAGE|PGP MESSAGE)-----$/m);
  return begin < 0 ? undefined : tag.slice(begin);
}

/** A header that goes on over lines that begin with a space (gitformat-signature). */
function signatureOfCommit(commit: string): string | undefined {
  const [head = ""] = commit.split("\n\n", 1);
  return /^gpgsig(?:-sha256)? (.*(?:\n .*)*)/m.exec(head)?.[1]?.replaceAll("\n ", "\n");
}
