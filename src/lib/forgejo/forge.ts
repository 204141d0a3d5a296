import { z } from "zod";
import { isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import type { Forge } from "../forge/forge.ts";
import type { BlobCache } from "../trees/github.ts";
import { createForgejo, type ForgejoAddress, pathOf } from "./client.ts";
import { readGrants } from "./grants.ts";
import { listOpen, mayWrite, readLives, readRemovedLines } from "./life.ts";
import { FORGEJO } from "./profile.ts";
import { readBlobIds, readForgejoTree } from "./tree.ts";
import * as write from "./write.ts";
import { readWriteState } from "./write-state.ts";

/** Pages of fifty commits that are "the last hundred". */
const RECENT_PAGES = 2;

/** Forgejo or Gitea as a forge, with a token. `cache` keeps texts of files. */
export function createForgejoForge(fetcher: Fetcher, address: ForgejoAddress, cache: BlobCache): Forge {
  const forgejo = createForgejo(fetcher, address);
  return {
    id: FORGEJO.id,
    title: `${FORGEJO.title} at ${new URL(address.url).host}, with a token`,
    keepsModes: ["100644", "100755"],
    checkCredential: async () => {
      const me = await forgejo.me();
      return isFailure(me) ? me : `a token of ${me.login} at ${new URL(address.url).host}`;
    },
    readTree: (repository, branch) => readForgejoTree(forgejo, repository, { branch, cache }),
    readGrants: (repository) => readGrants(forgejo, repository),
    readWriteState: (repository, question) => readWriteState(forgejo, repository, question),
    readBlobIds: (repository, commit, paths) => readBlobIds(forgejo, repository, { commit, paths }),
    isRecentCommitOf: async (repository, base, oid) => {
      const path = `${pathOf(repository)}/commits?sha=${encodeURIComponent(base)}&stat=false&verification=false&files=false`;
      const commits = await forgejo.readPages(path, z.object({ sha: z.string() }), RECENT_PAGES);
      return isFailure(commits) ? commits : commits.rows.some(({ sha }) => sha === oid);
    },
    commit: (request) => write.commitToBranch(forgejo, request),
    open: (repository, input) => write.createPullRequest(forgejo, repository, input),
    update: (repository, input) => write.updatePullRequest(forgejo, repository, input),
    decorate: (repository, pull, decoration) => write.decorate(forgejo, repository, pull, decoration),
    comment: (repository, id, body) => write.addComment(forgejo, repository, id, body),
    close: (repository, id) => write.setState(forgejo, repository, id, "closed"),
    reopen: (repository, id) => write.setState(forgejo, repository, id, "open"),
    deleteBranch: (repository, branch, oid) => write.deleteBranch(forgejo, repository, branch, oid),
    autoMerge: (repository, id, headOid, method) => write.autoMerge(forgejo, repository, id, { headOid, method }),
    setStatus: (repository, oid, status) => write.setStatus(forgejo, repository, oid, status),
    readLives: (repository, ids) => readLives(forgejo, repository, ids),
    mayWrite: (repository, login) => mayWrite(forgejo, repository, login),
    listOpen: (repository) => listOpen(forgejo, repository),
    readRemovedLines: (repository, number) => readRemovedLines(forgejo, repository, number),
  };
}
