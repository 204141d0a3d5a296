import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Forge } from "../forge/forge.ts";
import type { BlobCache } from "../trees/github.ts";
import { autoMerge } from "./auto-merge.ts";
import { createGitLab, type GitLab, type GitLabAddress, pathOf } from "./client.ts";
import { commitToBranch } from "./commit.ts";
import { decorate } from "./decorate.ts";
import { readGrants, readToken } from "./grants.ts";
import { listOpen, readLives, readRemovedLines } from "./life.ts";
import { mayWrite } from "./membership.ts";
import { GITLAB } from "./profile.ts";
import { setStatus } from "./status.ts";
import { readBlobIds, readGitLabTree } from "./tree.ts";
import * as write from "./write.ts";
import { readWriteState } from "./write-state.ts";

/** GitLab as a forge, with a token of a person, a project or a group. `cache` keeps texts of files. */
export function createGitLabForge(
  fetcher: Fetcher,
  address: GitLabAddress,
  cache: BlobCache,
  pause?: GitLab["pause"],
): Forge {
  const gitlab = createGitLab(fetcher, address, pause);
  const { host } = new URL(address.url);
  return {
    id: GITLAB.id,
    title: `${GITLAB.title} at ${host}, with a token`,
    keepsModes: ["100644", "100755"],
    checkCredential: () => checkCredential(gitlab, host),
    readTree: (repository, branch) => readGitLabTree(gitlab, repository, { branch, cache }),
    readGrants: (repository) => readGrants(gitlab, repository),
    readWriteState: (repository, question) => readWriteState(gitlab, repository, question),
    readBlobIds: (repository, commit, paths) => readBlobIds(gitlab, pathOf(repository), { commit, paths }),
    isRecentCommitOf: (repository, base, oid) => isRecentCommitOf(gitlab, repository, base, oid),
    commit: (request) => commitToBranch(gitlab, request),
    open: (_, input) => write.createMergeRequest(gitlab, input),
    update: (_, input) => write.updateMergeRequest(gitlab, input),
    decorate: (_, pull, decoration) => decorate(gitlab, pull, decoration),
    comment: (_, id, body) => write.addNote(gitlab, id, body),
    close: (_, id) => write.setState(gitlab, id, "close"),
    reopen: (_, id) => write.setState(gitlab, id, "reopen"),
    deleteBranch: (repository, branch, oid) => write.deleteBranch(gitlab, repository, branch, oid),
    autoMerge: (_, id, headOid, method) => autoMerge(gitlab, id, { headOid, method }),
    setStatus: (repository, oid, status) => setStatus(gitlab, repository, oid, status),
    readLives: (_, ids) => readLives(gitlab, ids),
    mayWrite: (repository, login) => mayWrite(gitlab, repository, login),
    listOpen: (repository) => listOpen(gitlab, repository),
    readRemovedLines: (repository, number) => readRemovedLines(gitlab, repository, number),
  };
}

/** A phrase about the token, with its end where GitLab tells one. */
async function checkCredential(gitlab: GitLab, host: string): Promise<string | Failure> {
  const [me, token] = await Promise.all([gitlab.me(), readToken(gitlab)]);
  if (isFailure(me)) return me;
  const end = isFailure(token) ? undefined : token.expires_at;
  return `a token of ${me.username} at ${host}${typeof end === "string" ? `, which ends on ${end}` : ""}`;
}

async function isRecentCommitOf(
  gitlab: GitLab,
  repository: RepositoryName,
  base: string,
  oid: string,
): Promise<boolean | Failure> {
  const path = `${pathOf(repository)}/repository/commits?ref_name=${encodeURIComponent(base)}`;
  const commits = await gitlab.readPages(path, z.object({ id: z.string() }), 1);
  return isFailure(commits) ? commits : commits.rows.some(({ id }) => id === oid);
}
