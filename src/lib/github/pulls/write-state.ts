import { z } from "zod";
import { Failure, isFailure } from "../../failure.ts";
import type { HeadCommit, RepositoryName, WriteQuestion, WriteState } from "../../forge/branch.ts";
import type { PullRequest } from "../../forge/pull-request.ts";
import type { GitHub } from "../client.ts";
import { ACTOR, CLOSERS, ENDING_FIELDS, endingOf } from "./ending.ts";
import { firstError } from "./write.ts";

/** Reads, in one request, everything that decides what is to be written. */
export async function readWriteState(
  github: GitHub,
  repository: RepositoryName,
  question: WriteQuestion,
): Promise<WriteState | Failure> {
  const answer = await github.graphql(stateDocument(question), {
    ...repository,
    base: `refs/heads/${question.base ?? ""}`,
    head: `refs/heads/${question.head}`,
    headName: question.head,
    ...(question.pullRequestId !== undefined && { pull: question.pullRequestId }),
    ...Object.fromEntries(question.labels.map((label, index) => [`label${index}`, label])),
  });
  if (isFailure(answer)) return answer;
  const name = `${repository.owner}/${repository.name}`;
  const read = STATE.safeParse(answer.data);
  if (!read.success || read.data.repository === null) {
    return (
      firstError(answer, `read ${name}`) ?? new Failure("unreadable", `GitHub's answer about ${name} is not understood`)
    );
  }
  const state = read.data.repository;
  const base = question.base === undefined ? state.defaultBranchRef : state.base;
  if (base === null) return new Failure("not-found", `${name} has no branch ${question.base ?? "by default"}`);
  const known = read.data.known?.headRefName === question.head ? read.data.known : undefined;
  const ours = state.pullRequests.nodes.filter((pull) => !pull.isCrossRepository && pull.id !== known?.id);
  return {
    repositoryId: state.id,
    archived: state.isArchived,
    base: { name: base.name, oid: base.target.oid, tree: base.target.tree.oid },
    head: state.head === null ? undefined : toHead(state.head),
    pulls: [...(known === undefined ? [] : [known]), ...ours].map(toPull),
    signOff: { required: state.webCommitSignoffRequired, by: toSigner(read.data.viewer, state.url) },
    ...toLabels(question.labels, answer.data.repository as Record<string, unknown>),
  };
}

/** The labels that there are, by the aliases of the query, and the names of those that there are not. */
function toLabels(names: readonly string[], answered: Readonly<Record<string, unknown>>) {
  const labels = names.map((name, index) => ({ name, id: LABEL.safeParse(answered[`label${index}`]).data?.id }));
  return {
    labelIds: labels.flatMap(({ id }) => id ?? []),
    missingLabels: labels.flatMap(({ name, id }) => (id === undefined ? name : [])),
  };
}

/** Blob ids of paths at a commit; undefined where there is no file. */
export async function readBlobIds(
  github: GitHub,
  repository: RepositoryName,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string | undefined> | Failure> {
  const found = new Map<string, string | undefined>();
  for (let start = 0; start < paths.length; start += PATHS_PER_QUERY) {
    const part = paths.slice(start, start + PATHS_PER_QUERY);
    const parameters = part.map((_, index) => `$p${index}: String!`).join(", ");
    const fields = part
      .map((_, index) => `p${index}: object(expression: $p${index}) { ... on Blob { oid } }`)
      .join("\n");
    const document = `query Blobs($owner: String!, $name: String!, ${parameters}) {\n  repository(owner: $owner, name: $name) {\n${fields}\n  }\n}`;
    const expressions = Object.fromEntries(part.map((path, index) => [`p${index}`, `${commit}:${path}`]));
    const answer = await github.graphql(document, { ...repository, ...expressions });
    if (isFailure(answer)) return answer;
    const read = z
      .object({ repository: z.record(z.string(), z.object({ oid: z.string().optional() }).nullable()) })
      .safeParse(answer.data);
    if (!read.success)
      return (
        firstError(answer, "read the files") ??
        new Failure("unreadable", "GitHub's answer about the files is not understood")
      );
    for (const [index, path] of part.entries()) found.set(path, read.data.repository[`p${index}`]?.oid);
  }
  return found;
}

/** Whether a commit is one of the last hundred that lead to `base`: a branch that points at it holds nothing of its own. */
export async function isRecentCommitOf(
  github: GitHub,
  repository: RepositoryName,
  base: string,
  oid: string,
): Promise<boolean | Failure> {
  const names = [repository.owner, repository.name].map(encodeURIComponent).join("/");
  const answer = await github.rest("GET", `/repos/${names}/commits?sha=${encodeURIComponent(base)}&per_page=100`);
  if (isFailure(answer)) return answer;
  const read = z.array(z.object({ sha: z.string() })).safeParse(answer.data);
  if (!read.success) return new Failure("unreadable", "GitHub's list of commits is not understood");
  return read.data.some((commit) => commit.sha === oid);
}

const PATHS_PER_QUERY = 50;

const PULL = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  title: z.string(),
  body: z.string(),
  baseRefName: z.string(),
  headRefName: z.string(),
  headRefOid: z.string(),
  isCrossRepository: z.boolean(),
  commits: z.object({ totalCount: z.number() }),
  closedAt: z.string().nullable(),
  mergedBy: ACTOR,
  timelineItems: CLOSERS,
});

const HEAD = z.object({
  id: z.string(),
  target: z.object({
    oid: z.string(),
    message: z.string(),
    parents: z.object({ totalCount: z.number() }),
    signature: z.object({ isValid: z.boolean(), wasSignedByGitHub: z.boolean() }).nullable(),
  }),
});

const BASE = z.object({ name: z.string(), target: z.object({ oid: z.string(), tree: z.object({ oid: z.string() }) }) });

const VIEWER = z.object({ login: z.string(), databaseId: z.number().nullable(), name: z.string().nullable() });

const STATE = z.object({
  repository: z
    .object({
      id: z.string(),
      isArchived: z.boolean(),
      url: z.string(),
      webCommitSignoffRequired: z.boolean(),
      defaultBranchRef: BASE.nullable(),
      base: BASE.nullable(),
      head: HEAD.nullable(),
      pullRequests: z.object({ nodes: z.array(PULL) }),
    })
    .nullable(),
  known: PULL.nullish().catch(undefined),
  viewer: VIEWER,
});

const LABEL = z.object({ id: z.string() });

/** The address that GitHub gives commits of those who show none, and of Apps (https://docs.github.com/en/account-and-profile/reference/email-addresses-reference). */
function toSigner({ login, databaseId, name }: z.output<typeof VIEWER>, repositoryUrl: string): string {
  const account = databaseId === null ? login : `${databaseId}+${login}`;
  return `${name ?? login} <${account}@users.noreply.${new URL(repositoryUrl).hostname}>`;
}

function toPull({ id, number, url, state, title, body, ...pull }: z.output<typeof PULL>): PullRequest {
  const told = { base: pull.baseRefName, headOid: pull.headRefOid, commits: pull.commits.totalCount };
  return { id, number, url, state, title, body, ...told, ...endingOf({ state, ...pull }) };
}

function toHead({ id, target }: z.output<typeof HEAD>): HeadCommit {
  const madeThroughForge = target.signature?.isValid === true && target.signature.wasSignedByGitHub;
  return { id, oid: target.oid, message: target.message, parents: target.parents.totalCount, madeThroughForge };
}

function stateDocument({ labels, pullRequestId }: WriteQuestion): string {
  const pull = pullRequestId === undefined ? "" : ", $pull: ID!";
  const names = labels.map((_, index) => `, $label${index}: String!`).join("");
  const known = pullRequestId === undefined ? "" : "known: node(id: $pull) { ...Pull }";
  const labelFields = labels.map((_, index) => `label${index}: label(name: $label${index}) { id }`).join("\n    ");
  return `query WriteState($owner: String!, $name: String!, $base: String!, $head: String!, $headName: String!${pull}${names}) {
  repository(owner: $owner, name: $name) {
    id isArchived url webCommitSignoffRequired
    defaultBranchRef { ...Base }
    base: ref(qualifiedName: $base) { ...Base }
    head: ref(qualifiedName: $head) {
      id target { oid ... on Commit { message parents(first: 1) { totalCount } signature { isValid wasSignedByGitHub } } }
    }
    pullRequests(headRefName: $headName, first: 20, states: [OPEN, CLOSED, MERGED], orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { ...Pull }
    }
    ${labelFields}
  }
  viewer { login databaseId name }
  ${known}
}
fragment Base on Ref { name target { oid ... on Commit { tree { oid } } } }
fragment Pull on PullRequest { id number url state title body baseRefName headRefName headRefOid isCrossRepository commits(first: 1) { totalCount } closedAt ${ENDING_FIELDS} }`;
}
