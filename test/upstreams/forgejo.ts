import { account, commentJson, Missing, page, pullJson, refused, said } from "./forgejo/answers.ts";
import { comment, label, openPullRequest, requestReviews, updatePullRequest } from "./github/change-pull-requests.ts";
import { type Asker, createRef, deleteRef, updateRef, writeApiCommit } from "./github/change-refs.ts";
import { changedFiles } from "./github/changed-files.ts";
import { canSee, mustBeAllowed, whoAsks } from "./github/credentials.ts";
import { getObject } from "./github/git-objects.ts";
import { changeTree, entryAt, listTree, putBlob } from "./github/git-trees.ts";
import { matchPath } from "./github/rest-router.ts";
import {
  findRepository,
  fullName,
  type GithubWorld,
  history,
  type PullRequest,
  type Repository,
} from "./github/world.ts";
import { type Answer, type Received, type StandIn, startStandIn } from "./stand-in.ts";

/** How servers differ: an old one cannot write a branch anew that is there. */
export type ForgejoOptions = { readonly overwrites?: "force_push" | "force_overwrite_new_branch" | "never" };

/**
 * Forgejo or Gitea over a world: its API (https://codeberg.org/swagger.v1.json, https://demo.gitea.com/swagger.v1.json) as
 * far as Headgate asks for it. Repositories, people and pull requests are those of the stand-in of GitHub.
 */
export async function startForgejo(
  world: GithubWorld,
  { overwrites = "force_overwrite_new_branch" }: ForgejoOptions = {},
): Promise<StandIn & { readonly world: GithubWorld }> {
  const standIn = await startStandIn((request) => {
    const credential = whoAsks(world, request.headers.authorization);
    if (credential === "bad") return said(401, "user does not exist [uid: 0, name: ]");
    const asker = { world, credential };
    try {
      return answer({ ...asker, request, overwrites, web: standIn.url });
    } catch (error) {
      return refused(error);
    }
  });
  return { ...standIn, world };
}

type Call = Asker & {
  readonly request: Received;
  readonly overwrites: string;
  readonly web: string;
};
type OnRepository = Call & {
  readonly repository: Repository;
  readonly part: (name: string) => string;
  readonly body: Readonly<Record<string, unknown>>;
};

function answer(call: Call): Answer {
  const { request, world, credential } = call;
  if (request.path === "/api/v1/user") {
    return credential === undefined ? said(401, "token is required") : { body: account(credential.login) };
  }
  for (const [method, path, handle] of ROUTES) {
    const parts = matchPath(`/api/v1/repos/:owner/:repo${path}`, request.path);
    if (parts === undefined || method !== request.method) continue;
    const repository = findRepository(world, parts.owner ?? "", parts.repo ?? "");
    if (repository === undefined || !canSee(credential, repository)) return said(404, "The target couldn't be found.");
    if (method !== "GET" && repository.archivedAt !== undefined)
      return said(423, `${fullName(repository)} is archived`);
    const text = request.body.toString();
    const body = text === "" ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
    return handle({ ...call, repository, body, part: (name) => parts[name] ?? "" });
  }
  return said(404, "The target couldn't be found.");
}

const ROUTES: readonly (readonly [string, string, (call: OnRepository) => Answer])[] = [
  ["GET", "", about],
  ["GET", "/branches/:branch*", showBranch],
  ["DELETE", "/branches/:branch*", removeBranch],
  ["GET", "/git/commits/:sha", showCommit],
  ["GET", "/git/trees/:sha", showTree],
  ["GET", "/git/blobs/:sha", showBlob],
  ["GET", "/contents/:path*", showFile],
  ["POST", "/contents", changeFiles],
  ["GET", "/commits", listCommits],
  ["GET", "/labels", listLabels],
  ["GET", "/pulls", listPulls],
  ["POST", "/pulls", openPull],
  ["GET", "/pulls/:number", showPull],
  ["PATCH", "/pulls/:number", editPull],
  ["GET", "/pulls/:number/commits", listPullCommits],
  ["GET", "/pulls/:number/files", listPullFiles],
  ["POST", "/pulls/:number/merge", mergePull],
  ["POST", "/pulls/:number/requested_reviewers", askForReview],
  ["PATCH", "/issues/:number", editIssue],
  ["POST", "/issues/:number/labels", addLabels],
  ["GET", "/issues/:number/comments", listComments],
  ["POST", "/issues/:number/comments", addComment],
  ["GET", "/issues/:number/timeline", showTimeline],
  ["POST", "/statuses/:sha", setStatus],
  ["GET", "/collaborators/:login/permission", showPermission],
];

function about({ repository, credential }: OnRepository): Answer {
  const may = mayDo(repository, credential?.login);
  const permissions = { admin: may === "admin", push: may === "admin" || may === "write", pull: true };
  const { databaseId: id, defaultBranch: default_branch, archivedAt } = repository;
  return { body: { id, default_branch, archived: archivedAt !== undefined, permissions } };
}

function showBranch({ repository, part }: OnRepository): Answer {
  const id = repository.refs.get(`refs/heads/${part("branch")}`);
  if (id === undefined) return said(404, "The target couldn't be found.");
  const checked = repository.protectedBranches.includes(part("branch"));
  const protection = { enable_status_check: checked, status_check_contexts: checked ? ["ci"] : [] };
  return { body: { name: part("branch"), commit: { id }, ...protection } };
}

function removeBranch(call: OnRepository): Answer {
  deleteRef(call, call.repository, `refs/heads/${call.part("branch")}`);
  return { status: 204 };
}

function showCommit({ repository, part }: OnRepository): Answer {
  const body = commitJson(repository, part("sha"));
  return body === undefined ? said(404, "The target couldn't be found.") : { body };
}

/** The accounts behind a commit are found by its addresses: who made it through the API, or by hand. */
function commitJson({ objects }: Repository, sha: string) {
  const commit = getObject(objects, sha, "commit");
  if (commit === undefined) return undefined;
  const { message, tree, parents, author, committer } = commit;
  return {
    sha,
    commit: { message, tree: { sha: tree }, author, committer },
    parents: parents.map((parent) => ({ sha: parent })),
    author: account(author.name),
    committer: account(committer.name),
  };
}

function showTree({ repository, part, request }: OnRepository): Answer {
  const all = listTree(repository.objects, part("sha"));
  const size = Math.min(1000, Number(request.query.get("per_page") ?? 1000));
  const number = Number(request.query.get("page") ?? 1);
  const tree = all.slice((number - 1) * size, number * size).map(({ path, mode, sha }) => ({
    path,
    mode,
    sha,
    type: mode === "040000" ? "tree" : "blob",
    size: getObject(repository.objects, sha, "blob")?.bytes.length ?? 0,
  }));
  return { body: { sha: part("sha"), tree, truncated: number * size < all.length, page: number } };
}

function showBlob({ repository, part }: OnRepository): Answer {
  const blob = getObject(repository.objects, part("sha"), "blob");
  if (blob === undefined) return said(404, "The target couldn't be found.");
  return { body: { sha: part("sha"), encoding: "base64", content: blob.bytes.toString("base64") } };
}

function showFile({ repository, part, request }: OnRepository): Answer {
  const commit = getObject(repository.objects, request.query.get("ref") ?? "", "commit");
  const entry = commit === undefined ? undefined : entryAt(repository.objects, commit.tree, part("path"));
  if (entry === undefined) return said(404, "The target couldn't be found.");
  return { body: { type: "file", path: entry.path, sha: entry.sha } };
}

type GivenChange = {
  readonly operation: string;
  readonly path: string;
  readonly sha?: string;
  readonly content: string;
};

/** One commit on the head of `branch`, in which files keep their modes, and to which `new_branch` points then. */
function changeFiles(call: OnRepository): Answer {
  const { repository, body, overwrites } = call;
  mustBeAllowed(call.credential, repository, "contents");
  const { branch, new_branch: branchAfter, message } = body as Record<string, string>;
  const files = body.files as readonly GivenChange[];
  const head = repository.refs.get(`refs/heads/${branch}`);
  const commit = getObject(repository.objects, head, "commit");
  if (head === undefined || commit === undefined) return said(404, `branch does not exist [name: ${branch}]`);
  const name = `refs/heads/${branchAfter}`;
  if (repository.refs.has(name) && body[overwrites] !== true)
    return said(422, `branch already exists [name: ${branchAfter}]`);
  const changes = [];
  for (const { path, sha, content } of files) {
    const entry = entryAt(repository.objects, commit.tree, path);
    if (entry === undefined) return said(404, `file does not exist [path: ${path}]`);
    if (entry.sha !== sha) return said(422, `sha does not match [given: ${sha}, expected: ${entry.sha}]`);
    const bytes = Buffer.from(content, "base64");
    changes.push({ path, mode: entry.mode, sha: putBlob(repository.objects, bytes) });
  }
  const tree = changeTree(repository.objects, commit.tree, changes);
  const verification = { reason: "unsigned" } as const;
  const oid = writeApiCommit(call, repository, { tree, parents: [head], message: message ?? "", verification });
  if (repository.refs.has(name)) updateRef(call, repository, name, { oid, force: true });
  else createRef(call, repository, name, oid);
  const made = changes.map(({ path, sha }) => ({ path, sha, type: "file" }));
  return { status: 201, body: { files: made, commit: commitJson(repository, oid) ?? {} } };
}

function listCommits({ repository, request }: OnRepository): Answer {
  return page(
    request,
    history(repository, request.query.get("sha") ?? "").map(({ oid }) => ({ sha: oid })),
  );
}

function listLabels({ repository, request }: OnRepository): Answer {
  return page(
    request,
    repository.labels.map(({ databaseId: id, name }) => ({ id, name })),
  );
}

function listPulls(call: OnRepository): Answer {
  const { repository, request } = call;
  const [state, poster] = [request.query.get("state") ?? "open", request.query.get("poster")];
  const listed = repository.pullRequests
    .filter((pull) => state === "all" || (pull.state === "OPEN") === (state === "open"))
    .filter((pull) => poster === null || pull.author === poster);
  return page(
    request,
    listed.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)).map((pull) => pullJson(call, pull)),
  );
}

function openPull(call: OnRepository): Answer {
  const { title = "", body = "", base = "", head = "" } = call.body as Record<string, string>;
  const pull = openPullRequest(call, call.repository, { title, body, base, head, draft: /^WIP:/i.test(title) });
  return { status: 201, body: pullJson(call, pull) };
}

function showPull(call: OnRepository): Answer {
  const { repository, part } = call;
  if (!part("number").endsWith(".diff")) return { body: pullJson(call, find(call)) };
  const files = changedFiles(repository, find(call, part("number").replace(".diff", "")));
  const diffs = files.map(
    ({ path, patch }) => `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${patch}\n`,
  );
  return { headers: { "content-type": "text/plain;charset=utf-8" }, body: diffs.join("") };
}

function editPull(call: OnRepository): Answer {
  const { title, body, state, base } = call.body as Record<string, string | undefined>;
  const pull = find(call);
  updatePullRequest(call, call.repository, pull, { title, body, base, state });
  return { status: 201, body: pullJson(call, pull) };
}

function listPullCommits(call: OnRepository): Answer {
  const { repository, request } = call;
  const pull = find(call);
  const base = new Set(
    history(repository, repository.refs.get(`refs/heads/${pull.baseRefName}`) ?? "").map((one) => one.oid),
  );
  const own = history(repository, pull.headRefOid).filter(({ oid }) => !base.has(oid));
  return page(
    request,
    own.map(({ oid }) => ({ sha: oid })),
  );
}

function listPullFiles(call: OnRepository): Answer {
  const files = changedFiles(call.repository, find(call));
  return page(
    call.request,
    files.map(({ path }) => ({ filename: path, status: "changed" })),
  );
}

function mergePull(call: OnRepository): Answer {
  const { Do, head_commit_id: head } = call.body as Record<string, string>;
  const pull = find(call);
  if (pull.headRefOid !== head) return said(409, "head out of date");
  pull.autoMerge = (Do ?? "").toUpperCase() as "MERGE";
  return { status: 200 };
}

function askForReview(call: OnRepository): Answer {
  requestReviews(call, call.repository, find(call), { logins: call.body.reviewers as string[], union: true });
  return { status: 201, body: [] };
}

function editIssue(call: OnRepository): Answer {
  mustBeAllowed(call.credential, call.repository, "issues");
  const { assignees, milestone } = call.body as { assignees?: string[]; milestone?: number };
  const pull = find(call);
  if (assignees !== undefined) pull.assignees.splice(0, pull.assignees.length, ...assignees);
  if (milestone !== undefined) pull.milestone = milestone;
  return { status: 201, body: { number: pull.number } };
}

function addLabels(call: OnRepository): Answer {
  const wanted = call.body.labels as readonly number[];
  const names = call.repository.labels.filter((one) => wanted.includes(one.databaseId)).map(({ name }) => name);
  label(call, call.repository, find(call), names);
  return { body: names.map((name) => ({ name })) };
}

function listComments(call: OnRepository): Answer {
  return { body: find(call).comments.map(commentJson) };
}

function addComment(call: OnRepository): Answer {
  mustBeAllowed(call.credential, call.repository, "issues");
  const made = comment(call, call.repository, find(call), `${call.body.body}`);
  return { status: 201, body: commentJson(made) };
}

/** Comments, labels, the last close and who opened it again last, in the order in which they came. */
function showTimeline(call: OnRepository): Answer {
  const pull = find(call);
  const first = pull.number * 100_000;
  const labels = pull.labelEvents.map(({ name, added, by, at }, index) => {
    const about = { type: "label", body: added ? "1" : "", label: { name } };
    return { id: first + index, ...about, user: account(by), created_at: at };
  });
  const comments = pull.comments.map((one) => ({ type: "comment", ...commentJson(one) }));
  const { state, closedBy = "nobody", closedAt, reopened } = pull;
  const ended = { id: first + 99_999, type: "close", body: "", user: account(closedBy), created_at: closedAt ?? "" };
  const again = (reopened === undefined ? [] : [reopened]).map(({ by, at }) => {
    return { id: first + 99_998, type: "reopen", body: "", user: account(by), created_at: at };
  });
  const all = [...comments, ...labels, ...again, ...(state === "CLOSED" ? [ended] : [])];
  return page(
    call.request,
    all.sort((a, b) => (a.created_at < b.created_at ? -1 : 1)),
  );
}

function setStatus({ repository, credential, body, part }: OnRepository): Answer {
  mustBeAllowed(credential, repository, "statuses");
  const { state = "", context = "", description = "" } = body as Record<string, string>;
  repository.statuses.push({ sha: part("sha"), state, context, description });
  return { status: 201, body: { status: state, context } };
}

/** Administrators of a repository are told of everybody, others of themselves. */
function showPermission({ repository, credential, part }: OnRepository): Answer {
  const login = credential?.login;
  if (login !== part("login") && mayDo(repository, login) !== "admin")
    return said(403, "Only admins can query all permissions, repo admins can query all repo permissions");
  return { body: { permission: mayDo(repository, part("login")), role_name: "", user: account(part("login")) } };
}

function mayDo({ collaborators }: Repository, login: string | undefined): string {
  return collaborators[login ?? ""] ?? "read";
}

function find({ repository, part }: OnRepository, number = part("number")): PullRequest {
  const pull = repository.pullRequests.find((one) => `${one.number}` === number);
  if (pull === undefined) throw new Missing();
  return pull;
}
