import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { PullRequest } from "../forge/pull-request.ts";
import { type GitLab, USER } from "./client.ts";

/**
 * A merge request as the API has it (https://docs.gitlab.com/api/merge_requests/): `iid` counts within its project, `id`
 * on the whole server. `locked` is one that is being merged.
 */
export const MERGE_REQUEST = z.object({
  id: z.number(),
  iid: z.number(),
  project_id: z.number(),
  web_url: z.string(),
  state: z.enum(["opened", "closed", "merged", "locked"]),
  title: z.string(),
  description: z.string().nullish(),
  draft: z.boolean().catch(false),
  author: USER.nullish(),
  source_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_branch: z.string(),
  sha: z.string().nullish(),
  merge_user: USER.nullish(),
  merged_by: USER.nullish(),
  merged_at: z.string().nullish(),
  closed_by: USER.nullish(),
  closed_at: z.string().nullish(),
});
/** The same, read. */
export type MergeRequest = z.output<typeof MERGE_REQUEST>;

/**
 * What a merge request is known by: the server's own id, which nobody can copy, and the project and number that the API
 * asks by. A project keeps its number under a new name, and is written to by that alone
 * (https://docs.gitlab.com/api/rest/#redirects).
 */
export function idOf({ id, project_id: project, iid }: Pick<MergeRequest, "id" | "project_id" | "iid">): string {
  return `${id}/${project}/${iid}`;
}

/** The path of a merge request below the API, by its id; undefined for what is none of ours. */
export function pathOfId(id: string): string | undefined {
  const [, project, iid] = /^\d+\/(\d+)\/(\d+)$/.exec(id) ?? [];
  return project === undefined ? undefined : `/projects/${project}/merge_requests/${iid}`;
}

/** The path of the project that a path of a merge request is in. */
export function projectOf(path: string): string {
  return path.replace(/\/merge_requests\/\d+$/, "");
}

/** A merge request by its id; undefined where it is gone, or where another one has its number now. */
export async function findMergeRequest(gitlab: GitLab, id: string): Promise<MergeRequest | undefined | Failure> {
  const path = pathOfId(id);
  if (path === undefined) return undefined;
  const found = await gitlab.read(path, MERGE_REQUEST);
  if (isFailure(found)) return found.code === "not-found" ? undefined : found;
  return idOf(found) === id ? found : undefined;
}

/** Whether it is open, closed or merged. */
export function stateOf({ state }: Pick<MergeRequest, "state">): PullRequest["state"] {
  if (state === "merged") return "MERGED";
  return state === "closed" ? "CLOSED" : "OPEN";
}

/** Who ended a merge request, and when. */
export async function endingOf(
  gitlab: GitLab,
  request: MergeRequest,
): Promise<Pick<PullRequest, "endedBy" | "endedAt"> | Failure> {
  const state = stateOf(request);
  if (state === "OPEN") return {};
  const isMerged = state === "MERGED";
  const who = isMerged ? (request.merge_user ?? request.merged_by) : request.closed_by;
  const by = who === null || who === undefined ? undefined : await gitlab.actorOf(who);
  if (isFailure(by)) return by;
  const at = toInstant(isMerged ? request.merged_at : request.closed_at);
  return { ...(by !== undefined && { endedBy: by }), ...(at !== undefined && { endedAt: at }) };
}
