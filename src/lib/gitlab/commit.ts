import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { CommitRequest } from "../forge/branch.ts";
import { blobId } from "../trees/blob-id.ts";
import { readBranch } from "./branch.ts";
import type { GitLab } from "./client.ts";
import { LINE_ENDS } from "./profile.ts";
import { readBlobIds } from "./tree.ts";

/**
 * Makes one commit on exactly the base with every change in it, in one request that also moves the branch
 * (https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions, `start_sha` with `force`): the branch
 * never points at the base in between, and every file keeps its mode. GitLab stores text with line ends of Unix, whatever
 * it is given, so that a file with others is not touched.
 */
export async function commitToBranch(gitlab: GitLab, request: CommitRequest): Promise<string | Failure> {
  const { repositoryId, branch, base, existing, changes, message } = request;
  const project = `/projects/${repositoryId}`;
  const foreign = changes.find(({ text }) => text.includes("\r\n"));
  if (foreign !== undefined) return new Failure("refused", `${foreign.path} ${LINE_ENDS}`);
  // nothing in the request says which commit may be overwritten: so it is looked at just before
  const now = await readBranch(gitlab, project, branch);
  if (isFailure(now)) return now;
  if (now?.commit.id !== existing?.oid) return new Failure("conflict", `${branch} has moved since it was looked at`);
  const made = await gitlab.change(
    {
      what: `commit to ${branch}`,
      method: "POST",
      path: `${project}/repository/commits`,
      body: {
        branch,
        start_sha: base.oid,
        force: true,
        stats: false,
        commit_message: `${message.headline}\n\n${message.body}`,
        actions: changes.map(({ path, text }) => ({
          action: "update",
          file_path: path,
          encoding: "base64",
          content: Buffer.from(text, "utf8").toString("base64"),
        })),
      },
    },
    z.object({ id: z.string() }),
  );
  if (isFailure(made)) return made;
  const stored = await readBlobIds(gitlab, project, { commit: made.id, paths: changes.map(({ path }) => path) });
  if (isFailure(stored)) return stored;
  const other = changes.find(({ path, text }) => stored.get(path) !== blobId(text));
  return other === undefined ? made.id : new Failure("unreadable", `GitLab stored other bytes than ${other.path} has`);
}
