import { z } from "zod";
import { Failure, failureOf, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Forge } from "../forge/forge.ts";
import { branchPath, readBranch } from "./branch.ts";
import { type GitLab, pathOf } from "./client.ts";
import { findMergeRequest, idOf, MERGE_REQUEST, pathOfId } from "./merge-request.ts";

const ANYTHING = z.unknown();
/** A draft is one by the beginning of its title (https://docs.gitlab.com/user/project/merge_requests/drafts/). */
const DRAFT = "Draft: ";
/** GitLab refuses longer titles. */
const LONGEST_TITLE = 255;

/** Opens a merge request within one project, which takes its branch away when it is merged. */
export async function createMergeRequest(
  gitlab: GitLab,
  { repositoryId, base, head, title, body, draft }: Parameters<Forge["open"]>[1],
): ReturnType<Forge["open"]> {
  const request = await gitlab.change(
    {
      what: "open a merge request",
      method: "POST",
      path: `/projects/${repositoryId}/merge_requests`,
      body: {
        source_branch: head,
        target_branch: base,
        title: titled(title, draft),
        description: body,
        remove_source_branch: true,
      },
    },
    MERGE_REQUEST,
  );
  return isFailure(request) ? request : { id: idOf(request), number: request.iid, url: request.web_url };
}

/** Writes title, description and target again; what somebody made a draft stays one. */
export async function updateMergeRequest(
  gitlab: GitLab,
  { id, title, body, base }: Parameters<Forge["update"]>[1],
): Promise<Failure | undefined> {
  const request = await findMergeRequest(gitlab, id);
  if (isFailure(request)) return request;
  if (request === undefined) return gone(id);
  const target = base === undefined ? {} : { target_branch: base };
  return edit(gitlab, id, { title: titled(title, request.draft), description: body, ...target });
}

/** Closes a merge request, or opens it again. */
export function setState(gitlab: GitLab, id: string, event: "close" | "reopen"): Promise<Failure | undefined> {
  return edit(gitlab, id, { state_event: event });
}

/** Writes a note under a merge request (https://docs.gitlab.com/api/notes/#create-new-merge-request-note). */
export async function addNote(gitlab: GitLab, id: string, body: string): Promise<Failure | undefined> {
  const path = pathOfId(id);
  if (path === undefined) return gone(id);
  const what = "comment on the merge request";
  return failureOf(await gitlab.change({ what, method: "POST", path: `${path}/notes`, body: { body } }, ANYTHING));
}

/** Deletes a branch that still points at `oid`; one that somebody moved is theirs now and stays. */
export async function deleteBranch(
  gitlab: GitLab,
  repository: RepositoryName,
  name: string,
  oid: string,
): Promise<Failure | undefined> {
  const project = await readProjectPath(gitlab, repository);
  if (isFailure(project)) return project;
  const branch = await readBranch(gitlab, project, name);
  if (isFailure(branch)) return branch;
  if (branch?.commit.id !== oid) return undefined;
  const path = branchPath(project, name);
  return failureOf(await gitlab.change({ what: `delete ${name}`, method: "DELETE", path }, ANYTHING));
}

/** The path of a project by its number: by a name that it had before nothing can be written. */
export async function readProjectPath(gitlab: GitLab, repository: RepositoryName): Promise<string | Failure> {
  const about = await gitlab.read(pathOf(repository), z.object({ id: z.number() }));
  return isFailure(about) ? about : `/projects/${about.id}`;
}

/** Says that a merge request is not there any more. */
export function gone(id: string): Failure {
  return new Failure("not-found", `the merge request ${id} is gone`);
}

async function edit(gitlab: GitLab, id: string, body: object): Promise<Failure | undefined> {
  const path = pathOfId(id);
  if (path === undefined) return gone(id);
  return failureOf(await gitlab.change({ what: "change the merge request", method: "PUT", path, body }, ANYTHING));
}

function titled(title: string, draft: boolean): string {
  const whole = draft ? DRAFT + title : title;
  return whole.length > LONGEST_TITLE ? `${whole.slice(0, LONGEST_TITLE - 1).replace(/[\ud800-\udbff]$/, "")}…` : whole;
}
