import type { Failure } from "../lib/failure.ts";
import type { RepositoryName } from "../lib/forge/branch.ts";
import type { Forge } from "../lib/forge/forge.ts";
import type { PullRequestLife } from "../lib/forge/pull-request.ts";
import { prose } from "./render/markdown.ts";

/** A pull request that is to be closed, with the sentence that says why and what comes next. */
export type Retirement = { readonly pull: PullRequestLife; readonly reason: string; readonly next: string };

/** Says that a comment is the one that goes with closing: a second try does not write it twice. */
const MARK = "<!-- headgate: closed -->";

/** Whether we closed it ourselves: who closed it is who wrote why, and nobody else can be both. */
export function isRetired({ state, comments, endedBy }: PullRequestLife): boolean {
  return (
    state === "CLOSED" && comments.some(({ author, body }) => author.login === endedBy?.login && body.startsWith(MARK))
  );
}

/**
 * Closes an open pull request of ours with a comment and deletes its branch, if that is still where we left it. Repeating
 * it does no harm: what is done already is seen.
 */
export async function retire(
  forge: Forge,
  repository: RepositoryName,
  { pull, reason, next }: Retirement,
  ours: string | undefined,
): Promise<Failure | undefined> {
  if (!pull.comments.some((comment) => comment.body.includes(MARK))) {
    const said = await forge.comment(repository, pull.id, `${MARK}\n${prose(reason)}\n\n${next}`);
    if (said !== undefined) return said;
  }
  const closed = pull.state === "OPEN" ? await forge.close(repository, pull.id) : undefined;
  if (closed !== undefined || ours !== pull.headOid) return closed; // somebody else's commits stay where they are
  return forge.deleteBranch(repository, pull.headBranch, pull.headOid);
}
