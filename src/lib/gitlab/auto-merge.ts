import { z } from "zod";
import { Failure, failureOf, isFailure } from "../failure.ts";
import type { GitLab } from "./client.ts";
import { idOf, MERGE_REQUEST, pathOfId, projectOf } from "./merge-request.ts";
import { gone } from "./write.ts";

/** Milliseconds between looks at a merge request that GitLab is still getting ready. */
const LOOKS: readonly number[] = [500, 1_000, 2_000, 4_000];
/** https://docs.gitlab.com/api/merge_requests/#merge-status */
const UNREADY: ReadonlySet<string> = new Set(["unchecked", "checking", "preparing", "approvals_syncing"]);

const PROJECT = z.object({
  only_allow_merge_if_pipeline_succeeds: z.boolean().catch(false),
  merge_method: z.string().catch("merge"),
});
const REQUEST = MERGE_REQUEST.extend({
  detailed_merge_status: z.string().catch(""),
  head_pipeline: z.object({ source: z.string() }).nullish().catch(undefined),
});
type Request = z.output<typeof REQUEST>;

type Wish = { readonly headOid: string; readonly method: "merge" | "squash" | "rebase" };

/**
 * Merges once the pipeline has succeeded, and only this commit (https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request).
 * Where pipelines need not succeed GitLab would merge at once, and so it would where our own status is all that ran: both
 * are refused.
 */
export async function autoMerge(gitlab: GitLab, id: string, { headOid, method }: Wish): Promise<Failure | undefined> {
  const path = pathOfId(id);
  if (path === undefined) return gone(id);
  const refusal = await refusalOf(gitlab, path, method);
  if (refusal !== undefined) return refusal;
  for (const wait of [...LOOKS, undefined]) {
    const request = await gitlab.read(path, REQUEST);
    if (isFailure(request)) return request;
    if (idOf(request) !== id) return gone(id);
    const answer = whyNotYet(request, headOid) ?? (await merge(gitlab, path, { headOid, method }));
    if (answer === undefined || wait === undefined || !["refused", "conflict"].includes(answer.code)) return answer;
    await gitlab.pause(wait); // right after a push GitLab shows the commit before, and refuses what it takes a moment later
  }
  return undefined;
}

async function refusalOf(gitlab: GitLab, path: string, method: Wish["method"]): Promise<Failure | undefined> {
  const project = await gitlab.read(projectOf(path), PROJECT);
  if (isFailure(project)) return project;
  if (!project.only_allow_merge_if_pipeline_succeeds)
    return new Failure(
      "refused",
      "pipelines need not succeed here, so it would be merged at once: require it in the project's settings of merge requests",
    );
  if (method === "rebase" && project.merge_method === "merge")
    return new Failure(
      "refused",
      "this project makes merge commits: set its merge method to fast-forward, or auto-merge to merge",
    );
  return undefined;
}

function whyNotYet(request: Request, headOid: string): Failure | undefined {
  const { sha, head_pipeline: pipeline, detailed_merge_status: status } = request;
  if (sha !== headOid) return new Failure("conflict", `the merge request shows ${sha ?? "no commit"} by now`);
  if (UNREADY.has(status)) return new Failure("refused", `GitLab is still ${status} it: ${BY_HAND}`);
  if (pipeline !== null && pipeline !== undefined && pipeline.source !== "external") return undefined;
  const only = pipeline?.source === "external" ? ", only statuses" : "";
  return new Failure("refused", `no pipeline of its own runs for this commit${only}: ${BY_HAND}`);
}

const BY_HAND = "switch auto-merge on by hand";

async function merge(gitlab: GitLab, path: string, { headOid: sha, method }: Wish): Promise<Failure | undefined> {
  const body = {
    ...{ sha, auto_merge: true, merge_when_pipeline_succeeds: true, should_remove_source_branch: true }, // the second: before 17.11
    ...(method === "squash" && { squash: true }),
  };
  const what = "switch auto-merge on";
  const failure = failureOf(await gitlab.change({ what, method: "PUT", path: `${path}/merge`, body }, z.unknown()));
  if (failure?.code !== "unauthorized") return failure;
  return new Failure("forbidden", `${what}: the account of the token may not merge into this branch`); // so GitLab says that
}
