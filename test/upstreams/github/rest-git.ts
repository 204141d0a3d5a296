import { createRef, deleteRef, updateRef, writeApiCommit } from "./change-refs.ts";
import { mustBeAllowed, mustBeAllowedPaths } from "./credentials.ts";
import { getObject, type TreeLine } from "./git-objects.ts";
import { changeTree, listTree, type PathChange, putBlob } from "./git-trees.ts";
import { nodeId } from "./handles.ts";
import { refusal } from "./refusal.ts";
import { type Call, onRepository, type Route } from "./rest-router.ts";
import { type Repository, resolveCommit } from "./world.ts";

/** The git data API: objects and refs, modes kept. */
export const GIT_ROUTES: readonly Route[] = [
  onRepository("GET", "/git/trees/:sha*", readTree),
  onRepository("GET", "/git/blobs/:sha", ({ part }, repository) => {
    const bytes = found(getObject(repository.objects, part("sha"), "blob")).bytes;
    const sha = part("sha");
    return {
      body: {
        sha,
        node_id: nodeId("GO", repository, sha),
        size: bytes.length,
        encoding: "base64",
        content: bytes.toString("base64"),
      },
    };
  }),
  onRepository("GET", "/git/commits/:sha", ({ part }, repository) => {
    found(getObject(repository.objects, part("sha"), "commit"));
    return { body: commitJson(repository, part("sha")) };
  }),
  onRepository("GET", "/git/tags/:sha", ({ part }, repository) => {
    const { name, message, tagger, target, verification } = found(getObject(repository.objects, part("sha"), "tag"));
    const object = { type: "commit", sha: target };
    return { body: { sha: part("sha"), tag: name, message, tagger, object, verification: verified(verification) } };
  }),
  onRepository("GET", "/git/ref/:ref*", ({ part }, repository) => ({
    body: refJson(repository, found(existing(repository, `refs/${part("ref")}`))),
  })),
  onRepository("GET", "/git/matching-refs/:ref*", ({ part }, repository) => ({
    body: [...repository.refs.keys()]
      .filter((name) => name.startsWith(`refs/${part("ref")}`))
      .map((name) => refJson(repository, name)),
  })),
  onRepository("POST", "/git/blobs", (call, repository) => {
    mustBeAllowed(call.credential, repository, "contents");
    const encoding = call.body.encoding === "base64" ? "base64" : "utf8";
    return { status: 201, body: { sha: putBlob(repository.objects, Buffer.from(text(call, "content"), encoding)) } };
  }),
  onRepository("POST", "/git/trees", writeTree),
  onRepository("POST", "/git/commits", writeCommit),
  onRepository("POST", "/git/refs", (call, repository) => {
    createRef(call, repository, text(call, "ref"), text(call, "sha"));
    return { status: 201, body: refJson(repository, text(call, "ref")) };
  }),
  onRepository("PATCH", "/git/refs/:ref*", (call, repository) => {
    const name = `refs/${call.part("ref")}`;
    updateRef(call, repository, name, { oid: text(call, "sha"), force: call.body.force === true });
    return { body: refJson(repository, name) };
  }),
  onRepository("DELETE", "/git/refs/:ref*", (call, repository) => {
    deleteRef(call, repository, `refs/${call.part("ref")}`);
    return { status: 204 };
  }),
];

/** A commit as the git data API shows it. */
export function commitJson(repository: Repository, sha: string) {
  const { tree, parents, author, committer, message, verification } = found(
    getObject(repository.objects, sha, "commit"),
  );
  return {
    sha,
    node_id: nodeId("GO", repository, sha),
    tree: { sha: tree },
    parents: parents.map((parent) => ({ sha: parent })),
    author,
    committer,
    message: message.trimEnd(),
    verification: verified(verification),
  };
}

function readTree({ world, part, request }: Call, repository: Repository) {
  const { objects } = repository;
  const commit = getObject(objects, resolveCommit(repository, part("sha")), "commit");
  const sha = commit?.tree ?? part("sha");
  found(getObject(objects, sha, "tree"));
  const deep = request.query.has("recursive");
  const entries = listTree(objects, sha).filter(({ path }) => deep || !path.includes("/"));
  const tree = entries.slice(0, world.treeLimit).map((entry) => {
    const size = getObject(objects, entry.sha, "blob")?.bytes.length;
    return { ...entry, type: typeOf(entry.mode), ...(size !== undefined && { size }) };
  });
  return { body: { sha, tree, truncated: entries.length > world.treeLimit } };
}

function writeTree(call: Call, repository: Repository) {
  mustBeAllowed(call.credential, repository, "contents");
  const { objects } = repository;
  const entries = (call.body.tree ?? []) as {
    path: string;
    mode: TreeLine["mode"];
    sha?: string | null;
    content?: string;
  }[];
  mustBeAllowedPaths(
    call.credential,
    entries.map(({ path }) => path),
  );
  const changes = entries.map(({ path, mode, sha, content }): PathChange => {
    if (content !== undefined) return { path, mode, sha: putBlob(objects, content) };
    const known = sha === null || mode === "160000" || objects.has(sha ?? "");
    if (sha === undefined || !known) throw refusal("UNPROCESSABLE", `tree.sha ${sha} is not a valid ${typeOf(mode)}`);
    return { path, mode, sha };
  });
  const base = typeof call.body.base_tree === "string" ? call.body.base_tree : undefined;
  if (base !== undefined) found(getObject(objects, base, "tree"));
  const sha = changeTree(objects, base, changes);
  return { status: 201, body: { sha, tree: listTree(objects, sha), truncated: false } };
}

/** An App's commit is signed by GitHub, unless it says itself who made it; a token's is not. */
function writeCommit(call: Call, repository: Repository) {
  mustBeAllowed(call.credential, repository, "contents");
  const { author, committer } = call.body;
  const signed = call.credential?.kind === "app" && author === undefined && committer === undefined;
  const sha = writeApiCommit(call, repository, {
    tree: text(call, "tree"),
    parents: (call.body.parents ?? []) as string[],
    message: text(call, "message"),
    verification: signed ? { reason: "valid", byGithub: true } : { reason: "unsigned" },
  });
  return { status: 201, body: commitJson(repository, sha) };
}

function refJson(repository: Repository, ref: string) {
  const sha = repository.refs.get(ref) ?? "";
  const type = repository.objects.get(sha)?.type ?? "commit";
  return { ref, node_id: nodeId("REF", repository, ref), object: { type, sha } };
}

function verified({ reason }: { readonly reason: string }) {
  return { verified: reason === "valid", reason, signature: null, payload: null, verified_at: null };
}

function existing(repository: Repository, ref: string): string | undefined {
  return repository.refs.has(ref) ? ref : undefined;
}

function typeOf(mode: TreeLine["mode"]): "tree" | "blob" | "commit" {
  return mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob";
}

function text(call: Call, field: string): string {
  const value = call.body[field];
  if (typeof value === "string") return value;
  throw refusal("UNPROCESSABLE", `Invalid request.\n\n"${field}" wasn't supplied.`);
}

function found<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw refusal("NOT_FOUND", "Not Found");
  return thing;
}
