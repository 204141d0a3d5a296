import { z } from "zod";
import { Failure, failureOf, isFailure } from "../failure.ts";
import type { CommitRequest, RepositoryName } from "../forge/branch.ts";
import type { Forge } from "../forge/forge.ts";
import type { CommitStatus, Decoration } from "../forge/pull-request.ts";
import { blobId } from "../trees/blob-id.ts";
import { type Forgejo, pathOf, segments } from "./client.ts";
import { findPull, idOf, numberOf, PULL } from "./pull.ts";
import { readBranch } from "./write-state.ts";

const MADE = z.object({
  files: z.array(z.object({ path: z.string(), sha: z.string() }).nullable()).nullable(),
  commit: z.object({ sha: z.string() }),
});
const ANYTHING = z.unknown();

/**
 * Makes one commit on top of the base with every change in it, in one request that also moves the branch
 * (`repoChangeFiles`): the branch never points at the base in between, and every file keeps its mode. The blob ids
 * guard the files; the base itself may have moved on elsewhere. Gitea calls the overwriting `force_push`, Forgejo
 * `force_overwrite_new_branch`; a server that knows neither refuses a branch that is there.
 */
export async function commitToBranch(forgejo: Forgejo, request: CommitRequest): Promise<string | Failure> {
  const { repository, branch, base, changes, message } = request;
  const made = await forgejo.change(
    {
      what: `commit to ${branch}`,
      method: "POST",
      path: `${pathOf(repository)}/contents`,
      body: {
        branch: base.name,
        new_branch: branch,
        force_push: true,
        force_overwrite_new_branch: true,
        message: `${message.headline}\n\n${message.body}`,
        files: changes.map(({ path, before, text }) => ({
          operation: "update",
          path,
          sha: before,
          content: Buffer.from(text, "utf8").toString("base64"),
        })),
      },
    },
    MADE,
  );
  if (isFailure(made)) return explained(made, request);
  const stored = new Map(made.files?.flatMap((file) => (file === null ? [] : [[file.path, file.sha] as const])));
  const other = changes.find(({ path, text }) => stored.get(path) !== blobId(text));
  if (other === undefined) return made.commit.sha;
  return new Failure("unreadable", `Forgejo stored other bytes than ${other.path} has`);
}

/** A file that changed since it was read is a conflict, to be planned again; an old server is a person's to bring up to date. */
function explained(failure: Failure, { existing, branch }: CommitRequest): Failure {
  if (failure.code !== "refused") return failure;
  if (/sha does not match/i.test(failure.message)) return new Failure("conflict", failure.message);
  if (existing === undefined || !/branch already exists/i.test(failure.message)) return failure;
  const advice = `this server cannot write ${branch} anew in one request, as newer ones can: update it, or delete the branch`;
  return new Failure("refused", `${failure.message}; ${advice}`);
}

/** A draft is one by the beginning of its title. */
const DRAFT = "WIP: ";

/** Opens a pull request within one repository. */
export async function createPullRequest(
  forgejo: Forgejo,
  repository: RepositoryName,
  { base, head, title, body, draft }: Parameters<Forge["open"]>[1],
): ReturnType<Forge["open"]> {
  const pull = await forgejo.change(
    {
      what: "open a pull request",
      method: "POST",
      path: `${pathOf(repository)}/pulls`,
      body: { base, head, title: draft ? DRAFT + title : title, body },
    },
    PULL,
  );
  return isFailure(pull) ? pull : { id: idOf(pull), number: pull.number, url: pull.html_url };
}

/** Writes title, body and base again; what somebody made a draft stays one. */
export async function updatePullRequest(
  forgejo: Forgejo,
  repository: RepositoryName,
  { id, title, ...rest }: Parameters<Forge["update"]>[1],
): Promise<Failure | undefined> {
  const pull = await findPull(forgejo, repository, id);
  if (isFailure(pull)) return pull;
  if (pull === undefined) return new Failure("not-found", `the pull request ${id} is gone`);
  const isDraft = /^(?:WIP:|\[WIP\])/i.test(pull.title);
  return edit(forgejo, repository, id, { title: isDraft ? DRAFT + title : title, ...rest });
}

/** Closes a pull request, or opens it again. */
export function setState(forgejo: Forgejo, repository: RepositoryName, id: string, state: "open" | "closed") {
  return edit(forgejo, repository, id, { state });
}

async function edit(forgejo: Forgejo, repository: RepositoryName, id: string, body: object) {
  const path = `${pathOf(repository)}/pulls/${numberOf(id)}`;
  return failureOf(await forgejo.change({ what: "change the pull request", method: "PATCH", path, body }, ANYTHING));
}

/** Writes a comment under a pull request. */
export async function addComment(forgejo: Forgejo, repository: RepositoryName, id: string, body: string) {
  const path = `${pathOf(repository)}/issues/${numberOf(id)}/comments`;
  const what = "comment on the pull request";
  return failureOf(await forgejo.change({ what, method: "POST", path, body: { body } }, ANYTHING));
}

/** Deletes a branch that still points at `oid`; one that somebody moved is theirs now and stays. */
export async function deleteBranch(forgejo: Forgejo, repository: RepositoryName, name: string, oid: string) {
  const branch = await readBranch(forgejo, repository, name);
  if (isFailure(branch)) return branch;
  if (branch?.oid !== oid) return undefined;
  const path = `${pathOf(repository)}/branches/${segments(name)}`;
  return failureOf(await forgejo.change({ what: `delete ${name}`, method: "DELETE", path }, ANYTHING));
}

const PROTECTION = z.object({
  enable_status_check: z.boolean().nullish(),
  status_check_contexts: z.array(z.string()).nullish(),
});

/**
 * Merges once the required checks have passed, and only this commit. Where none are required the server would merge at
 * once: that is refused, as GitHub refuses it.
 */
export async function autoMerge(
  forgejo: Forgejo,
  repository: RepositoryName,
  id: string,
  { headOid, method }: { readonly headOid: string; readonly method: "merge" | "squash" | "rebase" },
): Promise<Failure | undefined> {
  const pull = await findPull(forgejo, repository, id);
  if (isFailure(pull)) return pull;
  if (pull === undefined) return new Failure("not-found", `the pull request ${id} is gone`);
  const { ref } = pull.base;
  const branch = await forgejo.read(`${pathOf(repository)}/branches/${segments(ref)}`, PROTECTION);
  if (isFailure(branch)) return branch;
  if (branch.enable_status_check !== true || (branch.status_check_contexts ?? []).length === 0)
    return new Failure("refused", `${ref} requires no status check, so it would be merged at once: require one`);
  const body = { do: method, Do: method, head_commit_id: headOid, merge_when_checks_succeed: true };
  const path = `${pathOf(repository)}/pulls/${pull.number}/merge`;
  return failureOf(await forgejo.change({ what: "switch auto-merge on", method: "POST", path, body }, ANYTHING));
}

/** Sets the `headgate` status of a commit. */
export async function setStatus(forgejo: Forgejo, repository: RepositoryName, oid: string, status: CommitStatus) {
  const { state, description, url } = status;
  const body = { state, description, context: "headgate", ...(url !== undefined && { target_url: url }) };
  const path = `${pathOf(repository)}/statuses/${oid}`;
  return failureOf(await forgejo.change({ what: "set the status", method: "POST", path, body }, ANYTHING));
}

/** Gives a pull request what the configuration wants for it. Each part that is refused comes back as a sentence. */
export async function decorate(
  forgejo: Forgejo,
  repository: RepositoryName,
  { number }: { readonly number: number },
  { labelIds, reviewers, teamReviewers, assignees, milestone }: Decoration,
): Promise<string[]> {
  const issue = `${pathOf(repository)}/issues/${number}`;
  const reviews = `${pathOf(repository)}/pulls/${number}/requested_reviewers`;
  const asked = { reviewers, ...(teamReviewers.length > 0 && { team_reviewers: teamReviewers }) };
  const steps = [
    { what: "labels", method: "POST", path: `${issue}/labels`, body: { labels: labelIds.map(Number) }, any: labelIds },
    { what: "reviewers", method: "POST", path: reviews, body: asked, any: [...reviewers, ...teamReviewers] },
    { what: "assignees", method: "PATCH", path: issue, body: { assignees }, any: assignees },
    { what: "milestone", method: "PATCH", path: issue, body: { milestone }, any: milestone === undefined ? [] : [1] },
  ] as const;
  const missing: string[] = [];
  for (const { any, ...step } of steps) {
    const failure = any.length === 0 ? undefined : failureOf(await forgejo.change(step, ANYTHING));
    if (failure !== undefined) missing.push(`${step.what}: ${failure.message}`);
  }
  return missing;
}
