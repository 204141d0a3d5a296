import { type Failure, isFailure } from "../failure.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Forge } from "../forge/forge.ts";
import { type BlobCache, readGitHubTree } from "../trees/github.ts";
import type { GitHub } from "./client.ts";
import { readGrants } from "./grants.ts";
import { GITHUB } from "./profile.ts";
import {
  addComment,
  closePullRequest,
  createPullRequest,
  decoratePullRequest,
  deleteBranch,
  enableAutoMerge,
  reopenPullRequest,
  setCommitStatus,
  updatePullRequest,
} from "./pulls/acts.ts";
import { listOpenPullRequests, mayWrite, readPullRequestLives, readRemovedLines } from "./pulls/life.ts";
import { commitToBranch } from "./pulls/write.ts";
import { isRecentCommitOf, readBlobIds, readWriteState } from "./pulls/write-state.ts";

/**
 * GitHub as a forge. With an App, everything is written by its installation of the repository that it is about. `cache`
 * keeps texts of files.
 */
export function createGitHubForge(client: GitHub, cache: BlobCache): Forge {
  const app = client.credential === "app";
  const at = (repository: RepositoryName): GitHub => within(client, repository);
  return {
    id: GITHUB.id,
    title: `${GITHUB.title}, with ${app ? "a GitHub App" : "a personal token"}`,
    // createCommitOnBranch makes every file 100644
    keepsModes: app ? ["100644", "100755"] : ["100644"],
    ...(!app && { modeAdvice: "use a GitHub App" }),
    checkCredential: () => checkCredential(client),
    readTree: (repository, branch) =>
      readGitHubTree(client, { ...repository, cache, ...(branch !== undefined && { branch }) }),
    readGrants: (repository) => readGrants(client, repository),
    readWriteState: (repository, question) => readWriteState(at(repository), repository, question),
    readBlobIds: (repository, commit, paths) => readBlobIds(at(repository), repository, commit, paths),
    isRecentCommitOf: (repository, base, oid) => isRecentCommitOf(at(repository), repository, base, oid),
    commit: async (request) =>
      (await client.room(request.repository)) ?? (await commitToBranch(at(request.repository), request)),
    open: (repository, { repositoryId, base, head, title, body, draft }) =>
      createPullRequest(at(repository), { repositoryId, baseRefName: base, headRefName: head, title, body, draft }),
    update: (repository, { id, title, body, base }) =>
      updatePullRequest(at(repository), {
        pullRequestId: id,
        title,
        body,
        ...(base !== undefined && { baseRefName: base }),
      }),
    decorate: (repository, pull, decoration) => decoratePullRequest(at(repository), repository, pull, decoration),
    comment: (repository, id, body) => addComment(at(repository), id, body),
    close: (repository, id) => closePullRequest(at(repository), id),
    reopen: (repository, id) => reopenPullRequest(at(repository), id),
    deleteBranch: (repository, branch, oid) => deleteBranch(at(repository), repository, branch, oid),
    autoMerge: (repository, id, headOid, method) => enableAutoMerge(at(repository), id, headOid, method),
    setStatus: (repository, oid, status) => setCommitStatus(at(repository), repository, oid, status),
    readLives: (repository, ids) => readPullRequestLives(at(repository), repository, ids),
    mayWrite: (repository, login) => mayWrite(at(repository), repository, login),
    listOpen: (repository) => listOpenPullRequests(at(repository), repository),
    readRemovedLines: (repository, number) => readRemovedLines(at(repository), repository, number),
  };
}

/** By the one request that costs nothing (https://docs.github.com/en/rest/rate-limit/rate-limit). */
async function checkCredential({ rest, credential }: GitHub): Promise<string | Failure> {
  const answer = await rest("GET", "/rate_limit");
  if (isFailure(answer)) return answer;
  const scopes = answer.headers["x-oauth-scopes"];
  const kind = credential === "app" ? "a GitHub App" : scopes === undefined ? "a token" : "a classic token";
  return `${kind}${scopes === undefined ? "" : `; scopes: ${scopes === "" ? "none" : scopes}`}`;
}

/** The client with an App's installation of this repository: another one's may not write here. */
function within(github: GitHub, repository: RepositoryName): GitHub {
  return { ...github, graphql: (document, variables) => github.graphql(document, variables, repository) };
}
