import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { GitLab } from "./client.ts";

/** A branch with its last commit (https://docs.gitlab.com/api/branches/). */
const BRANCH = z.object({
  name: z.string(),
  commit: z.object({
    id: z.string(),
    message: z.string(),
    parent_ids: z.array(z.string()),
    author_email: z.string(),
    committer_email: z.string(),
  }),
});
/** The same, read. */
export type BranchAnswer = z.output<typeof BRANCH>;

/** The path of a branch below the API; its slashes are encoded. */
export function branchPath(project: string, name: string): string {
  return `${project}/repository/branches/${encodeURIComponent(name)}`;
}

/** A branch of a project (its path below the API) as it is; undefined when there is none. */
export async function readBranch(
  gitlab: GitLab,
  project: string,
  name: string,
): Promise<BranchAnswer | undefined | Failure> {
  const branch = await gitlab.read(branchPath(project, name), BRANCH);
  return isFailure(branch) && branch.code === "not-found" ? undefined : branch;
}
