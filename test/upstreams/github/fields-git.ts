import { connection } from "./connection.ts";
import { getObject, type Identity } from "./git-objects.ts";
import { entryAt, type listTree } from "./git-trees.ts";
import {
  actor,
  type BlobHandle,
  type CommitHandle,
  commitHandle,
  type Fields,
  gitObject,
  type InRepository,
  nodeId,
  type RefHandle,
  type TagHandle,
  type TreeHandle,
} from "./handles.ts";
import { fullName, history } from "./world.ts";

/** GitHub cuts the text of larger blobs. */
const LONGEST_TEXT = 512_000;

const shared: Fields<InRepository & { readonly oid: string }> = {
  id: ({ repository, oid }) => nodeId("GO", repository, oid),
  abbreviatedOid: ({ oid }) => oid.slice(0, 7),
  commitUrl: ({ repository, oid }, _, { web }) => `${web}/${fullName(repository)}/commit/${oid}`,
  repository: ({ repository }) => ({ __typename: "Repository", repository }),
};

/** `Ref`: `name` is what follows the prefix. */
export const REF: Fields<RefHandle> = {
  id: ({ repository, fullName: name }) => nodeId("REF", repository, name),
  name: ({ fullName: name }) => name.split("/").slice(2).join("/"),
  prefix: ({ fullName: name }) => `${name.split("/").slice(0, 2).join("/")}/`,
  target: ({ repository, fullName: name }) => gitObject(repository, repository.refs.get(name) ?? ""),
  repository: ({ repository }) => ({ __typename: "Repository", repository }),
  branchProtectionRule: ({ repository, fullName: name }) =>
    repository.protectedBranches.some((branch) => name === `refs/heads/${branch}`)
      ? { requiresApprovingReviews: true, requiredApprovingReviewCount: 1, requiresCommitSignatures: false }
      : null,
};

/** `Commit` with history, signature and the combined result of its checks. */
export const COMMIT: Fields<CommitHandle> = {
  ...shared,
  message: ({ commit }) => commit.message.trimEnd(),
  messageHeadline: ({ commit }) => commit.message.split("\n")[0],
  messageBody: ({ commit }) => commit.message.split("\n").slice(1).join("\n").trim(),
  authoredDate: ({ commit }) => commit.author.date,
  committedDate: ({ commit }) => commit.committer.date,
  author: ({ repository, commit }) => gitActor(commit.author, repository.companies),
  committer: ({ commit }) => gitActor(commit.committer),
  url: ({ repository, oid }, _, { web }) => `${web}/${fullName(repository)}/commit/${oid}`,
  tree: ({ repository, commit }) => gitObject(repository, commit.tree),
  parents: ({ repository, commit }, given) => connection(commit.parents, given, (oid) => commitHandle(repository, oid)),
  file: ({ repository, commit }, { path }) => {
    const entry = entryAt(repository.objects, commit.tree, path ?? "");
    return entry === undefined ? null : treeEntry(repository, entry.path, entry);
  },
  history: ({ repository, oid }, given) =>
    connection(
      history(repository, oid).filter(({ commit }) => isBetween(commit.committer.date, given.since, given.until)),
      given,
      (one) => ({ __typename: "Commit", repository, ...one }),
    ),
  signature: ({ commit }) => {
    const { reason, byGithub = false, signer } = commit.verification;
    if (reason === "unsigned") return null;
    return {
      __typename: "GpgSignature",
      isValid: reason === "valid",
      state: reason.toUpperCase(),
      wasSignedByGitHub: byGithub,
      signer: signer === undefined ? null : actor(signer),
      email: commit.committer.email,
      verifiedAt: reason === "valid" ? commit.committer.date : null,
    };
  },
  statusCheckRollup: ({ repository, oid }) => {
    const state = repository.checks.get(oid);
    return state === undefined ? null : { state };
  },
};

/** `Tag`: an annotated tag. GraphQL does not tell its signature. */
export const TAG: Fields<TagHandle> = {
  ...shared,
  name: ({ tag }) => tag.name,
  message: ({ tag }) => tag.message,
  tagger: ({ tag }) => gitActor(tag.tagger),
  target: ({ repository, tag }) => gitObject(repository, tag.target),
};

/** `Blob`: text unless it is binary, cut when it is long. */
export const BLOB: Fields<BlobHandle> = {
  ...shared,
  byteSize: ({ bytes }) => bytes.length,
  isBinary: ({ bytes }) => bytes.includes(0),
  isTruncated: ({ bytes }) => bytes.length > LONGEST_TEXT,
  text: ({ bytes }) => (bytes.includes(0) ? null : bytes.subarray(0, LONGEST_TEXT).toString("utf8")),
};

/** `Tree`: its direct entries. */
export const TREE: Fields<TreeHandle> = {
  ...shared,
  entries: ({ repository, oid, path }) =>
    (getObject(repository.objects, oid, "tree")?.lines ?? []).map((line) =>
      treeEntry(repository, path === "" ? line.name : `${path}/${line.name}`, line),
    ),
};

function treeEntry(
  repository: InRepository["repository"],
  path: string,
  line: Pick<ReturnType<typeof listTree>[number], "mode" | "sha">,
) {
  const type = line.mode === "040000" ? "tree" : line.mode === "160000" ? "commit" : "blob";
  return {
    name: path.split("/").at(-1),
    path,
    mode: Number.parseInt(line.mode, 8),
    type,
    oid: line.sha,
    size: getObject(repository.objects, line.sha, "blob")?.bytes.length ?? 0,
    object: gitObject(repository, line.sha, path),
  };
}

function gitActor({ name, email, date }: Identity, companies: Readonly<Record<string, string>> = {}) {
  const user = actor(name);
  return { name, email, date, user: user.__typename === "Bot" ? null : { ...user, company: companies[name] ?? null } };
}

function isBetween(date: string, since: string | null | undefined, until: string | null | undefined): boolean {
  const time = Date.parse(date);
  return (
    (typeof since !== "string" || time >= Date.parse(since)) && (typeof until !== "string" || time <= Date.parse(until))
  );
}
