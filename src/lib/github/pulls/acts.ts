import { z } from "zod";
import { type Failure, failureOf, isFailure } from "../../failure.ts";
import type { RepositoryName } from "../../forge/branch.ts";
import type { CommitStatus, Decoration } from "../../forge/pull-request.ts";
import type { GitHub } from "../client.ts";
import { act, mutate, readBranch } from "./write.ts";

/** Opens a pull request within one repository. */
export async function createPullRequest(
  github: GitHub,
  input: {
    readonly repositoryId: string;
    readonly baseRefName: string;
    readonly headRefName: string;
    readonly title: string;
    readonly body: string;
    readonly draft: boolean;
  },
): Promise<{ readonly id: string; readonly number: number; readonly url: string } | Failure> {
  const document = `mutation CreatePullRequest($input: CreatePullRequestInput!) {
    createPullRequest(input: $input) { pullRequest { id number url } }
  }`;
  const pullRequest = z.object({ id: z.string(), number: z.number(), url: z.string() });
  const payload = z.object({ createPullRequest: z.object({ pullRequest }) });
  const made = await mutate(github, { what: "open a pull request", document, payload }, input);
  return isFailure(made) ? made : made.createPullRequest.pullRequest;
}

/** Writes title and body of an open pull request again, and its base where one is given. */
export async function updatePullRequest(
  github: GitHub,
  input: {
    readonly pullRequestId: string;
    readonly title: string;
    readonly body: string;
    readonly baseRefName?: string;
  },
): Promise<Failure | undefined> {
  const document = `mutation UpdatePullRequest($input: UpdatePullRequestInput!) {
    updatePullRequest(input: $input) { pullRequest { id } }
  }`;
  return act(github, "update the pull request", document, input);
}

/** Writes a comment under a pull request. */
export async function addComment(github: GitHub, subjectId: string, body: string): Promise<Failure | undefined> {
  const document = `mutation Comment($input: AddCommentInput!) { addComment(input: $input) { clientMutationId } }`;
  return act(github, "comment on the pull request", document, { subjectId, body });
}

/** Closes a pull request without merging it. */
export async function closePullRequest(github: GitHub, pullRequestId: string): Promise<Failure | undefined> {
  const document = `mutation Close($input: ClosePullRequestInput!) { closePullRequest(input: $input) { clientMutationId } }`;
  return act(github, "close the pull request", document, { pullRequestId });
}

/** Opens a closed pull request again; refused when its branch is gone. */
export async function reopenPullRequest(github: GitHub, pullRequestId: string): Promise<Failure | undefined> {
  const document = `mutation Reopen($input: ReopenPullRequestInput!) { reopenPullRequest(input: $input) { clientMutationId } }`;
  return act(github, "reopen the pull request", document, { pullRequestId });
}

/** Deletes a branch that still points at `oid`; one that somebody moved is theirs now and stays. */
export async function deleteBranch(
  github: GitHub,
  repository: RepositoryName,
  name: string,
  oid: string,
): Promise<Failure | undefined> {
  const branch = await readBranch(github, repository, name);
  if (isFailure(branch)) return branch;
  if (branch === undefined || branch.oid !== oid) return undefined;
  const document = `mutation DeleteRef($input: DeleteRefInput!) { deleteRef(input: $input) { clientMutationId } }`;
  return act(github, `delete ${name}`, document, { refId: branch.id });
}

/** Lets the forge merge exactly this commit once everything that the repository requires has passed. */
export async function enableAutoMerge(
  github: GitHub,
  pullRequestId: string,
  expectedHeadOid: string,
  method: "merge" | "squash" | "rebase",
): Promise<Failure | undefined> {
  const document = `mutation AutoMerge($input: EnablePullRequestAutoMergeInput!) {
    enablePullRequestAutoMerge(input: $input) { clientMutationId }
  }`;
  const input = { pullRequestId, expectedHeadOid, mergeMethod: method.toUpperCase() };
  return act(github, "switch auto-merge on", document, input);
}

/** Sets the `headgate` status of a commit (https://docs.github.com/en/rest/commits/statuses#create-a-commit-status). */
export async function setCommitStatus(
  github: GitHub,
  repository: RepositoryName,
  oid: string,
  { state, description, url }: CommitStatus,
): Promise<Failure | undefined> {
  const body = { state, description, context: "headgate", ...(url !== undefined && { target_url: url }) };
  return failureOf(await github.rest("POST", `${pathOf(repository)}/statuses/${oid}`, body));
}

/** Gives a pull request what the configuration wants for it. Each part that is refused comes back as a sentence. */
export async function decoratePullRequest(
  github: GitHub,
  repository: RepositoryName,
  pull: { readonly id: string; readonly number: number },
  { labelIds, reviewers, teamReviewers, assignees, milestone }: Decoration,
): Promise<string[]> {
  const issue = `${pathOf(repository)}/issues/${pull.number}`;
  const reviews = `${pathOf(repository)}/pulls/${pull.number}/requested_reviewers`;
  const steps: (readonly [string, () => Promise<Failure | undefined>])[] = [
    ...(labelIds.length === 0 ? [] : [["labels", () => addLabels(github, pull.id, labelIds)] as const]),
    ...(reviewers.length + teamReviewers.length === 0
      ? []
      : [
          [
            "reviewers",
            async () =>
              failureOf(
                await github.rest("POST", reviews, {
                  reviewers,
                  ...(teamReviewers.length > 0 && { team_reviewers: teamReviewers }),
                }),
              ),
          ] as const,
        ]),
    ...(assignees.length === 0
      ? []
      : [
          ["assignees", async () => failureOf(await github.rest("POST", `${issue}/assignees`, { assignees }))] as const,
        ]),
    ...(milestone === undefined
      ? []
      : [["milestone", async () => failureOf(await github.rest("PATCH", issue, { milestone }))] as const]),
  ];
  const missing: string[] = [];
  for (const [what, give] of steps) {
    const failure = await give();
    if (failure !== undefined) missing.push(`${what}: ${failure.message}`);
  }
  return missing;
}

/** Adds labels that exist. */
async function addLabels(
  github: GitHub,
  labelableId: string,
  labelIds: readonly string[],
): Promise<Failure | undefined> {
  const document = `mutation AddLabels($input: AddLabelsToLabelableInput!) {
    addLabelsToLabelable(input: $input) { clientMutationId }
  }`;
  return act(github, "add labels", document, { labelableId, labelIds });
}

function pathOf({ owner, name }: RepositoryName): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}
