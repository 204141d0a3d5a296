import {
  comment,
  createLabel,
  enableAutoMerge,
  label,
  openPullRequest,
  requestReviews,
  updatePullRequest,
} from "./change-pull-requests.ts";
import { commitOnBranch, createRef, deleteRef, updateRef } from "./change-refs.ts";
import { actorWithId } from "./fields-query.ts";
import { putBlob } from "./git-trees.ts";
import {
  actor,
  type Context,
  commitHandle,
  type Fields,
  readNodeId,
  readPullRequestId,
  refHandle,
  unknownNode,
} from "./handles.ts";
import { refusal } from "./refusal.ts";
import { findRepository, type GithubWorld, type Repository } from "./world.ts";

/** Inputs of the mutations as the schema has validated them. */
type Input = {
  readonly [Name in
    | "repositoryId"
    | "refId"
    | "name"
    | "oid"
    | "expectedHeadOid"
    | "baseRefName"
    | "headRefName"
    | "title"
    | "pullRequestId"
    | "subjectId"
    | "labelableId"
    | "color"]: string;
} & {
  readonly [Name in "body" | "description" | "state" | "clientMutationId"]?: string | null;
} & {
  readonly branch: { readonly id?: string; readonly repositoryNameWithOwner?: string; readonly branchName?: string };
  readonly message: { readonly headline: string; readonly body?: string | null };
  readonly fileChanges?: {
    readonly additions: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions: readonly { readonly path: string }[];
  };
  readonly force: boolean;
  readonly mergeMethod: "MERGE" | "SQUASH" | "REBASE";
  readonly draft: boolean;
  readonly union: boolean;
  readonly labelIds: readonly string[];
  readonly userIds?: readonly string[];
};

/** `Mutation`: all that Headgate may do. They change the world as GitHub changes itself. */
export const MUTATION: Fields<unknown, { readonly input: Input }> = {
  createRef: (_, { input }, context) => {
    const { repository } = readNodeId(context.world, input.repositoryId, "R");
    createRef(context, repository, input.name, input.oid);
    return payload(input, { ref: refHandle(repository, input.name) });
  },
  updateRef: (_, { input }, context) => {
    const { repository, inside } = readRefId(context.world, input.refId);
    updateRef(context, repository, inside, input);
    return payload(input, { ref: refHandle(repository, inside) });
  },
  deleteRef: (_, { input }, context) => {
    const { repository, inside } = readRefId(context.world, input.refId);
    deleteRef(context, repository, inside);
    return payload(input, {});
  },
  createCommitOnBranch: (_, { input }, context) => {
    const { repository, branch } = readBranch(context, input.branch);
    const { additions = [], deletions = [] } = input.fileChanges ?? {};
    const { headline, body } = input.message;
    const oid = commitOnBranch(context, repository, branch, {
      expectedHeadOid: input.expectedHeadOid,
      message: typeof body === "string" && body !== "" ? `${headline}\n\n${body}` : headline,
      changes: [
        ...deletions.map(({ path }) => ({ path, mode: "100644" as const, sha: null })),
        ...additions.map(({ path, contents }) => ({
          path,
          mode: "100644" as const,
          sha: putBlob(repository.objects, Buffer.from(contents, "base64")),
        })),
      ],
    });
    return payload(input, {
      commit: commitHandle(repository, oid),
      ref: refHandle(repository, `refs/heads/${branch}`),
    });
  },
  createPullRequest: (_, { input }, context) => {
    const { repository } = readNodeId(context.world, input.repositoryId, "R");
    const pull = openPullRequest(context, repository, {
      title: input.title,
      body: input.body ?? "",
      base: input.baseRefName,
      head: input.headRefName,
      draft: input.draft,
    });
    return payload(input, { pullRequest: { __typename: "PullRequest", repository, pull } });
  },
  updatePullRequest: (_, { input }, context) => {
    const found = readPullRequestId(context.world, input.pullRequestId);
    const { title, body, state, baseRefName } = input;
    updatePullRequest(context, found.repository, found.pull, {
      title,
      body: body ?? undefined,
      state: state ?? undefined,
      base: baseRefName,
    });
    return payload(input, { pullRequest: { __typename: "PullRequest", ...found } });
  },
  closePullRequest: (_, { input }, context) => {
    const found = readPullRequestId(context.world, input.pullRequestId);
    updatePullRequest(context, found.repository, found.pull, { state: "CLOSED" });
    return payload(input, { pullRequest: { __typename: "PullRequest", ...found } });
  },
  reopenPullRequest: (_, { input }, context) => {
    const found = readPullRequestId(context.world, input.pullRequestId);
    updatePullRequest(context, found.repository, found.pull, { state: "OPEN" });
    return payload(input, { pullRequest: { __typename: "PullRequest", ...found } });
  },
  enablePullRequestAutoMerge: (_, { input }, context) => {
    const found = readPullRequestId(context.world, input.pullRequestId);
    enableAutoMerge(context, found.repository, found.pull, input.mergeMethod);
    return payload(input, { pullRequest: { __typename: "PullRequest", ...found } });
  },
  addComment: (_, { input }, context) => {
    const { repository, pull } = readPullRequestId(context.world, input.subjectId);
    const node = comment(context, repository, pull, input.body ?? "");
    return payload(input, {
      subject: { __typename: "PullRequest", repository, pull },
      commentEdge: { node: { ...node, author: actor(node.author) } },
    });
  },
  addLabelsToLabelable: (_, { input }, context) => {
    const found = readPullRequestId(context.world, input.labelableId);
    const names = input.labelIds.map((id) => labelName(context.world, id));
    label(context, found.repository, found.pull, names);
    return payload(input, { labelable: { __typename: "PullRequest", ...found } });
  },
  createLabel: (_, { input }, context) => {
    const { repository } = readNodeId(context.world, input.repositoryId, "R");
    const { name, color, description } = input;
    const made = createLabel(context, repository, { name, color, description: description ?? "" });
    return payload(input, { label: { __typename: "Label", repository, label: made } });
  },
  requestReviews: (_, { input }, context) => {
    const found = readPullRequestId(context.world, input.pullRequestId);
    const logins = (input.userIds ?? []).map(readUserId);
    requestReviews(context, found.repository, found.pull, { logins, union: input.union });
    return payload(input, {
      pullRequest: { __typename: "PullRequest", ...found },
      requestedReviewers: { edges: logins.map((login) => ({ node: actorWithId(login) })) },
    });
  },
};

function payload(input: Input, content: object) {
  return { clientMutationId: input.clientMutationId ?? null, ...content };
}

function readBranch({ world }: Context, branch: Input["branch"]): { repository: Repository; branch: string } {
  if (branch.id !== undefined) {
    const { repository, inside } = readRefId(world, branch.id);
    return { repository, branch: inside.replace("refs/heads/", "") };
  }
  const [owner = "", name = ""] = (branch.repositoryNameWithOwner ?? "").split("/");
  const repository = findRepository(world, owner, name);
  if (repository === undefined) {
    throw refusal("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  }
  return { repository, branch: (branch.branchName ?? "").replace("refs/heads/", "") };
}

function readRefId(world: GithubWorld, id: string) {
  const found = readNodeId(world, id, "REF");
  if (!found.repository.refs.has(found.inside)) throw unknownNode(id);
  return found;
}

function labelName(world: GithubWorld, id: string): string {
  const { repository, inside } = readNodeId(world, id, "LA");
  const found = repository.labels.find(({ databaseId }) => databaseId === Number(inside));
  if (found === undefined) throw unknownNode(id);
  return found.name;
}

function readUserId(id: string): string {
  if (!id.startsWith("U_")) throw unknownNode(id);
  return Buffer.from(id.slice(2), "base64url").toString();
}
