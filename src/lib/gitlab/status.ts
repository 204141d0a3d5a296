import { z } from "zod";
import { type Failure, failureOf, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { CommitStatus } from "../forge/pull-request.ts";
import type { GitLab } from "./client.ts";
import { readProjectPath } from "./write.ts";

/** Milliseconds between looks for the pipeline of a new commit, which GitLab makes a moment after it. */
const LOOKS: readonly number[] = [1_000, 1_000];
const LONGEST_ADDRESS = 255;
const STATES = { success: "success", pending: "pending", failure: "failed" } as const;

/**
 * Sets the `headgate` status of a commit (https://docs.gitlab.com/api/commits/#set-commit-pipeline-status): a job of its
 * pipeline, so that it counts where pipelines must succeed. Without a pipeline GitLab makes one of it.
 */
export async function setStatus(
  gitlab: GitLab,
  repository: RepositoryName,
  oid: string,
  { state, description, url }: CommitStatus,
): Promise<Failure | undefined> {
  const project = await readProjectPath(gitlab, repository);
  if (isFailure(project)) return project;
  const pipeline = await findPipeline(gitlab, project, oid);
  if (isFailure(pipeline)) return pipeline;
  const body = {
    ...{ state: STATES[state], name: "headgate", description },
    ...(url !== undefined && url.length <= LONGEST_ADDRESS && { target_url: url }),
    ...(pipeline !== undefined && { pipeline_id: pipeline }),
  };
  const path = `${project}/statuses/${oid}`;
  const failure = failureOf(await gitlab.change({ what: "set the status", method: "POST", path, body }, z.unknown()));
  // a status that is what it was is refused as a step that there is not
  return failure !== undefined && /Cannot transition status via/.test(failure.message) ? undefined : failure;
}

async function findPipeline(gitlab: GitLab, project: string, oid: string): Promise<number | undefined | Failure> {
  const COMMIT = z.object({ last_pipeline: z.object({ id: z.number() }).nullish() });
  for (const wait of [...LOOKS, undefined]) {
    const commit = await gitlab.read(`${project}/repository/commits/${oid}?stats=false`, COMMIT);
    if (isFailure(commit)) return commit;
    const id = commit.last_pipeline?.id;
    if (id !== undefined || wait === undefined) return id;
    await gitlab.pause(wait);
  }
  return undefined;
}
