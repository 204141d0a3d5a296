import { createHash } from "node:crypto";
import type { Instant } from "../../../src/domain/instant.ts";

/** File, executable, symbolic link, submodule: the modes git writes into trees. */
export type FileMode = "100644" | "100755" | "120000" | "160000";

/** One line of a tree object. `sha` names a blob, a tree, or (mode 160000) a commit of another repository. */
export type TreeLine = { readonly name: string; readonly mode: FileMode | "040000"; readonly sha: string };

/** Who made a commit or tag, and when. */
export type Identity = { readonly name: string; readonly email: string; readonly date: Instant };

/** What GitHub says about a signature; `byGithub` means its own key, not a person's. */
export type Verification = {
  readonly reason: "valid" | "unsigned" | "unknown_key" | "bad_email" | "expired_key" | "invalid";
  readonly byGithub?: boolean;
  readonly signer?: string;
};

export type CommitObject = {
  readonly type: "commit";
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly committer: Identity;
  readonly message: string;
  /** Kept beside the object: the id is that of the unsigned text. */
  readonly verification: Verification;
};

export type TagObject = {
  readonly type: "tag";
  readonly name: string;
  readonly target: string;
  readonly tagger: Identity;
  readonly message: string;
  readonly verification: Verification;
};

export type GitObject =
  | { readonly type: "blob"; readonly bytes: Buffer }
  | { readonly type: "tree"; readonly lines: readonly TreeLine[] }
  | CommitObject
  | TagObject;

/** Objects of one repository by their id. */
export type ObjectStore = Map<string, GitObject>;

/** Stores an object and returns the id git gives it: SHA-1 over `<type> <length>\0` and the content. */
export function putObject(store: ObjectStore, object: GitObject): string {
  const content = contentOf(object);
  const sha = createHash("sha1").update(`${object.type} ${content.length}\0`).update(content).digest("hex");
  if (!store.has(sha)) store.set(sha, object);
  return sha;
}

/** The object of the given type; undefined when there is none, or it is another kind of thing. */
export function getObject<Type extends GitObject["type"]>(
  store: ObjectStore,
  sha: string | undefined,
  type: Type,
): Extract<GitObject, { type: Type }> | undefined {
  const object = store.get(sha ?? "");
  return object?.type === type ? (object as Extract<GitObject, { type: Type }>) : undefined;
}

/** The commit an id stands for: itself, or what an annotated tag points at in the end. */
export function peel(store: ObjectStore, sha: string): string {
  const tag = getObject(store, sha, "tag");
  return tag === undefined ? sha : peel(store, tag.target);
}

function contentOf(object: GitObject): Buffer {
  if (object.type === "blob") return object.bytes;
  if (object.type === "tree") return Buffer.concat([...object.lines].sort(byGitOrder).map(encodeLine));
  const lines =
    object.type === "commit"
      ? [
          `tree ${object.tree}`,
          ...object.parents.map((parent) => `parent ${parent}`),
          `author ${signed(object.author)}`,
          `committer ${signed(object.committer)}`,
        ]
      : [`object ${object.target}`, "type commit", `tag ${object.name}`, `tagger ${signed(object.tagger)}`];
  return Buffer.from(`${lines.join("\n")}\n\n${object.message}`);
}

function encodeLine({ name, mode, sha }: TreeLine): Buffer {
  return Buffer.concat([Buffer.from(`${mode.replace(/^0/, "")} ${name}\0`), Buffer.from(sha, "hex")]);
}

/** Git orders by bytes, and a folder as if its name ended in a slash. */
function byGitOrder(a: TreeLine, b: TreeLine): number {
  const key = (line: TreeLine) => Buffer.from(line.mode === "040000" ? `${line.name}/` : line.name);
  return Buffer.compare(key(a), key(b));
}

function signed({ name, email, date }: Identity): string {
  return `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}
