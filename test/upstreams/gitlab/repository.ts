import { writeApiCommit } from "../github/change-refs.ts";
import { getObject } from "../github/git-objects.ts";
import { changeTree, entryAt, listTree, putBlob } from "../github/git-trees.ts";
import { fullName, history, type Repository } from "../github/world.ts";
import type { Answer } from "../stand-in.ts";
import { keyset, levelOf, type OnProject, page, Refused, said } from "./call.ts";

/** `protectedBranches` of the world are those into which only what has passed is merged. */
export function showProject({ repository, options }: OnProject): Answer {
  const { databaseId: id, defaultBranch, archivedAt, refs, protectedBranches } = repository;
  const isEmpty = !refs.has(`refs/heads/${defaultBranch}`);
  return {
    body: {
      ...{ id, path: repository.name, path_with_namespace: fullName(repository), empty_repo: isEmpty },
      default_branch: isEmpty ? null : defaultBranch,
      archived: archivedAt !== undefined,
      merge_requests_access_level: options.mergeRequests ?? "enabled",
      merge_method: "merge",
      only_allow_merge_if_pipeline_succeeds: protectedBranches.length > 0,
    },
  };
}

export function showBranch({ repository, part }: OnProject): Answer {
  const id = repository.refs.get(`refs/heads/${part("branch")}`);
  if (id === undefined) return said(404, "404 Branch Not Found");
  return { body: { name: part("branch"), merged: false, protected: false, commit: commitJson(repository, id) } };
}

/** GitLab leaves merge requests of a branch open that is deleted. */
export function removeBranch(call: OnProject): Answer {
  const { repository, part } = call;
  if (!repository.refs.has(`refs/heads/${part("branch")}`)) return said(404, "404 Branch Not Found");
  mustPush(call, part("branch"));
  repository.refs.delete(`refs/heads/${part("branch")}`);
  return { status: 204 };
}

export function showTree(call: OnProject): Answer {
  const { repository, request } = call;
  const commit = getObject(repository.objects, request.query.get("ref") ?? "", "commit");
  if (commit === undefined) return said(404, "404 invalid revision or path Not Found");
  const rows = listTree(repository.objects, commit.tree).map(({ path, mode, sha }) => {
    return { id: sha, name: path.split("/").at(-1), type: mode === "040000" ? "tree" : "blob", path, mode };
  });
  return keyset(call, rows);
}

export function showRawBlob({ repository, part }: OnProject): Answer {
  const blob = getObject(repository.objects, part("sha"), "blob");
  if (blob === undefined) return said(404, "404 Blob Not Found");
  return { headers: { "content-type": "text/plain" }, body: blob.bytes };
}

/** Asked with HEAD: a file is in the headers, without its content. */
export function showFileHead({ repository, part, request }: OnProject): Answer {
  const commit = getObject(repository.objects, request.query.get("ref") ?? "", "commit");
  const entry = commit === undefined ? undefined : entryAt(repository.objects, commit.tree, part("path"));
  if (entry === undefined || entry.mode === "040000") return said(404, "404 File Not Found");
  const mode = { "x-gitlab-execute-filemode": `${entry.mode === "100755"}` };
  return { headers: { "x-gitlab-blob-id": entry.sha, "x-gitlab-file-path": entry.path, ...mode } };
}

type Action = {
  readonly action: string;
  readonly file_path: string;
  readonly encoding?: string;
  readonly content: string;
};

/** One commit on `start_sha` to which the branch points then; what was text gets line ends of Unix, and files keep their modes. */
export function createCommit(call: OnProject): Answer {
  const { repository, body, options } = call;
  const { branch = "", start_sha: start = "", commit_message: message = "" } = body as Record<string, string>;
  mustPush(call, branch);
  const name = `refs/heads/${branch}`;
  const base = getObject(repository.objects, start, "commit");
  if (base === undefined) return said(400, `Cannot find start_sha '${start}'`);
  if (repository.refs.has(name) && body.force !== true)
    return said(400, `A branch called '${branch}' already exists. Switch to that branch in order to make changes`);
  if (options.commitMessages?.test(message) === false)
    return said(400, `Commit message does not follow the pattern '${options.commitMessages.source}'`);
  const changes = (body.actions as readonly Action[]).map(({ action, file_path: path, encoding, content }) => {
    const entry = entryAt(repository.objects, base.tree, path);
    if (action !== "update") throw new Refused(said(400, `Unknown action type \`${action}\`.`));
    if (entry === undefined) throw new Refused(said(400, "A file with this name doesn't exist"));
    const text = Buffer.from(content, encoding === "base64" ? "base64" : "utf8")
      .toString()
      .replace(/\r\n/g, "\n");
    return { path, mode: entry.mode, sha: putBlob(repository.objects, text) };
  });
  const verification =
    options.signs === true ? ({ reason: "valid", byGithub: true } as const) : ({ reason: "unsigned" } as const);
  const tree = changeTree(repository.objects, base.tree, changes);
  const oid = writeApiCommit(call, repository, { tree, parents: [start], message, verification });
  repository.refs.set(name, oid);
  for (const pull of repository.pullRequests)
    if (pull.state === "OPEN" && pull.headRefName === branch && pull.headRepository === fullName(repository))
      Object.assign(pull, { headRefOid: oid, updatedAt: call.world.clock() });
  return { status: 201, body: commitJson(repository, oid) };
}

export function listCommits(call: OnProject): Answer {
  const { repository, request } = call;
  const from = request.query.get("ref_name") ?? "";
  return page(
    call,
    history(repository, repository.refs.get(`refs/heads/${from}`) ?? from).map(({ oid }) =>
      commitJson(repository, oid),
    ),
  );
}

export function showCommit(call: OnProject): Answer {
  const { repository, part } = call;
  if (getObject(repository.objects, part("sha"), "commit") === undefined) return said(404, "404 Commit Not Found");
  return { body: { ...commitJson(repository, part("sha")), last_pipeline: pipelineOf(call, part("sha")) } };
}

export function showSignature({ repository, part }: OnProject): Answer {
  const commit = getObject(repository.objects, part("sha"), "commit");
  if (commit?.verification.reason !== "valid") return said(404, "404 Signature Not Found");
  const status = commit.verification.byGithub === true ? "verified_system" : "verified";
  return { body: { signature_type: "SSH", verification_status: status, commit_source: "gitaly" } };
}

/** The pipeline of a commit, which is there after so many looks. */
export function pipelineOf({ looks, options }: OnProject, sha: string) {
  const seen = looks.get(sha) ?? 0;
  looks.set(sha, seen + 1);
  if (seen < (options.looksBeforePipeline ?? 0)) return null;
  return { id: 47, sha, ref: "headgate", status: "running", source: options.source ?? "push" };
}

export function setStatus({ repository, body, part }: OnProject): Answer {
  const { state: given = "", name = "default", description = "" } = body as Record<string, string>;
  const last = repository.statuses.findLast(({ sha, context }) => sha === part("sha") && context === name);
  const state = given === "failed" ? "failure" : given;
  if (last?.state === state && state === "pending")
    return said(
      400,
      'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")',
    );
  repository.statuses.push({ sha: part("sha"), state, context: name, description });
  return { status: 201, body: { id: 93, sha: part("sha"), status: given, name, description } };
}

export function listLabels(call: OnProject): Answer {
  return page(
    call,
    call.repository.labels.map(({ databaseId: id, name, color }) => ({ id, name, color, is_project_label: true })),
  );
}

/** Milestones have a number of the server beside that of the project or group. With those of groups all are listed. */
export function listMilestones(call: OnProject): Answer {
  const { query } = call.request;
  const milestone = (iid: number, id: number) => ({ id, iid, title: `Milestone ${iid}` });
  const own = Array.from({ length: 9 }, (_, index) => milestone(index + 1, 1001 + index));
  const groups = [4, 40].map((iid) => milestone(iid, 1100 + iid));
  if (query.get("include_ancestors") === "true") return page(call, [...groups, ...own]);
  return page(
    call,
    own.filter(({ iid }) => query.get("iids[]") === null || query.get("iids[]") === `${iid}`),
  );
}

function commitJson({ objects }: Repository, id: string) {
  const commit = getObject(objects, id, "commit");
  return {
    ...{ id, short_id: id.slice(0, 8), message: commit?.message, title: commit?.message.split("\n")[0] },
    parent_ids: commit?.parents ?? [],
    author_name: commit?.author.name,
    author_email: commit?.author.email,
    committer_name: commit?.committer.name,
    committer_email: commit?.committer.email,
    created_at: commit?.committer.date,
  };
}

function mustPush({ repository, credential }: OnProject, branch: string): void {
  const level = levelOf(repository, credential?.login);
  const needed = branch === repository.defaultBranch ? 40 : 30;
  if (level < needed) throw new Refused(said(403, "403 Forbidden - You are not allowed to push into this branch"));
}
