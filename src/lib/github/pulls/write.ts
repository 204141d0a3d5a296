import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { Failure, isFailure } from "../../failure.ts";
import type { Branch, CommitRequest, RepositoryName } from "../../forge/branch.ts";
import { blobId } from "../../trees/blob-id.ts";
import type { GitHub } from "../client.ts";
import type { GraphqlAnswer } from "../graphql.ts";

/** Attempts at a commit whose branch a replica does not know yet. */
const ATTEMPTS = 3;

/**
 * Makes one commit on top of the base with every change in it and lets the branch point at it. The forge signs it. An App
 * writes blobs, a tree with the files' modes, and a commit; a token must use `createCommitOnBranch`, which makes every
 * file 100644, so the caller refuses others. Returns the commit's id. A `conflict`: somebody else moved the branch.
 */
export async function commitToBranch(github: GitHub, request: CommitRequest): Promise<string | Failure> {
  if (github.credential === "token") return commitWithToken(github, request);
  const oid = await commitWithGitData(github, request);
  if (isFailure(oid)) return oid;
  const moved = await pointBranch(github, request, ownBranch(request), oid);
  return isFailure(moved) ? moved : oid;
}

/** A change that GitHub is asked for. `what` completes "GitHub did not …"; `payload` is what is read of the answer. */
type Mutation<T> = { readonly what: string; readonly document: string; readonly payload: z.ZodType<T> };

/** Runs one mutation and reads its payload; the first error of the answer becomes a failure that says what was tried. */
export async function mutate<T>(
  github: GitHub,
  { what, document, payload }: Mutation<T>,
  input: Readonly<Record<string, unknown>>,
): Promise<T | Failure> {
  const answer = await github.graphql(document, { input });
  if (isFailure(answer)) return answer;
  const failure = firstError(answer, what);
  if (failure !== undefined) return failure;
  const read = payload.safeParse(answer.data);
  return read.success ? read.data : new Failure("unreadable", `GitHub's answer to ${what} is not understood`);
}

/** Runs one mutation whose answer says nothing but whether it was done. */
export async function act(
  github: GitHub,
  what: string,
  document: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Failure | undefined> {
  const done = await mutate(github, { what, document, payload: z.unknown() }, input);
  return isFailure(done) ? done : undefined;
}

/** The first error of an answer as a failure, in the words of the service. */
export function firstError(answer: GraphqlAnswer, what: string): Failure | undefined {
  const [error] = answer.errors;
  if (error === undefined) return undefined;
  const codes = {
    STALE_DATA: "conflict",
    FORBIDDEN: "forbidden",
    NOT_FOUND: "not-found",
    UNPROCESSABLE: "refused",
  } as const;
  const code = Object.entries(codes).find(([type]) => type === error.type)?.[1] ?? "unavailable";
  return new Failure(code, `GitHub did not ${what}: ${error.message}`);
}

async function commitWithGitData(github: GitHub, request: CommitRequest): Promise<string | Failure> {
  const path = `/repos/${encodeURIComponent(request.repository.owner)}/${encodeURIComponent(request.repository.name)}/git`;
  const entries: { path: string; mode: string; type: "blob"; sha: string }[] = [];
  for (const change of request.changes) {
    const content = Buffer.from(change.text, "utf8").toString("base64");
    const sha = await create(github, `${path}/blobs`, { content, encoding: "base64" });
    if (isFailure(sha)) return sha;
    if (sha !== blobId(change.text))
      return new Failure("unreadable", `GitHub stored other bytes than ${change.path} has`);
    entries.push({ path: change.path, mode: change.mode, type: "blob", sha });
  }
  const tree = await create(github, `${path}/trees`, { base_tree: request.base.tree, tree: entries });
  if (isFailure(tree)) return tree;
  const { headline, body } = request.message;
  return create(github, `${path}/commits`, { message: `${headline}\n\n${body}`, tree, parents: [request.base.oid] });
}

async function create(github: GitHub, path: string, body: unknown): Promise<string | Failure> {
  const answer = await github.rest("POST", path, body);
  if (isFailure(answer)) return answer;
  const read = z.object({ sha: z.string() }).safeParse(answer.data);
  return read.success ? read.data.sha : new Failure("unreadable", `GitHub's answer to POST ${path} names no object`);
}

function ownBranch({ branch: name, existing }: CommitRequest) {
  return { name, existing };
}

async function commitWithToken(github: GitHub, request: CommitRequest): Promise<string | Failure> {
  const { branch, base } = request;
  if (!request.shown) return commitOnNewBranch(github, request);
  const next = `${branch}-next`;
  const left = await readBranch(github, request.repository, next);
  if (isFailure(left)) return left;
  const made = await pointBranch(github, request, { name: next, existing: left }, base.oid);
  if (isFailure(made)) return made;
  const oid = await commitOnBranch(github, request, next);
  const moved = isFailure(oid) ? oid : await pointBranch(github, request, ownBranch(request), oid);
  await act(github, `delete ${next}`, DELETE_REF, { refId: made.id }); // one that stays is used again
  return isFailure(moved) ? moved : oid;
}

/** A branch that nobody sees yet may point at the base for a moment. When the commit fails, one made for it goes again. */
async function commitOnNewBranch(github: GitHub, request: CommitRequest): Promise<string | Failure> {
  const ready = await pointBranch(github, request, ownBranch(request), request.base.oid);
  if (isFailure(ready)) return ready;
  const oid = await commitOnBranch(github, request, request.branch);
  if (isFailure(oid) && request.existing === undefined) {
    await act(github, `delete ${request.branch}`, DELETE_REF, { refId: ready.id });
  }
  return oid;
}

const REF = z.object({ id: z.string(), target: z.object({ oid: z.string() }) });

/** Lets a branch point at a commit, making it when it does not exist. Force: a bump is always one commit on its base. */
async function pointBranch(
  github: GitHub,
  request: CommitRequest,
  { name, existing }: { readonly name: string; readonly existing: Branch | undefined },
  oid: string,
): Promise<Branch | Failure> {
  if (existing?.oid === oid) return existing;
  const payload = z.object({ change: z.object({ ref: REF }) });
  const create = { what: `create the branch ${name}`, document: CREATE_REF, payload };
  const move = { what: `move the branch ${name}`, document: UPDATE_REF, payload };
  const { repositoryId } = request;
  const answer =
    existing === undefined
      ? await mutate(github, create, { repositoryId, name: `refs/heads/${name}`, oid })
      : await mutate(github, move, { refId: existing.id, oid, force: true });
  return isFailure(answer) ? answer : { id: answer.change.ref.id, oid: answer.change.ref.target.oid };
}

async function commitOnBranch(github: GitHub, request: CommitRequest, branch: string): Promise<string | Failure> {
  const input = {
    branch: { repositoryNameWithOwner: `${request.repository.owner}/${request.repository.name}`, branchName: branch },
    expectedHeadOid: request.base.oid,
    message: request.message,
    fileChanges: {
      additions: request.changes.map(({ path, text }) => ({
        path,
        contents: Buffer.from(text, "utf8").toString("base64"),
      })),
    },
  };
  const payload = z.object({ createCommitOnBranch: z.object({ commit: z.object({ oid: z.string() }) }) });
  let stale: Failure | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = await mutate(github, { what: `commit to ${branch}`, document: COMMIT, payload }, input);
    if (!isFailure(made)) return made.createCommitOnBranch.commit.oid;
    if (made.code !== "conflict") return made;
    stale = made;
    await pause(200 * 2 ** attempt);
    const now = await readBranch(github, request.repository, branch);
    if (isFailure(now)) return now;
    if (now !== undefined && now.oid !== request.base.oid) return made; // moved by somebody else, not an old replica
  }
  return stale ?? new Failure("conflict", `GitHub did not commit to ${branch}`);
}

/** A branch as it is now; undefined when there is none. */
export async function readBranch(
  github: GitHub,
  repository: RepositoryName,
  name: string,
): Promise<Branch | undefined | Failure> {
  const answer = await github.graphql(READ_REF, { ...repository, ref: `refs/heads/${name}` });
  if (isFailure(answer)) return answer;
  const ref = z.object({ id: z.string(), target: z.object({ oid: z.string() }) });
  const read = z.object({ repository: z.object({ ref: ref.nullable() }) }).safeParse(answer.data);
  if (!read.success)
    return (
      firstError(answer, `read ${name}`) ?? new Failure("unreadable", `GitHub's answer about ${name} is not understood`)
    );
  const found = read.data.repository.ref;
  return found === null ? undefined : { id: found.id, oid: found.target.oid };
}

const READ_REF = `query ReadRef($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { id target { oid } } }
}`;

const CREATE_REF = `mutation CreateRef($input: CreateRefInput!) {
  change: createRef(input: $input) { ref { id target { oid } } }
}`;

const UPDATE_REF = `mutation UpdateRef($input: UpdateRefInput!) {
  change: updateRef(input: $input) { ref { id target { oid } } }
}`;

const DELETE_REF = `mutation DeleteRef($input: DeleteRefInput!) { deleteRef(input: $input) { clientMutationId } }`;

const COMMIT = `mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;
