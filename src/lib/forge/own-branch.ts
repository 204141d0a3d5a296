import type { FileChange } from "../../domain/bump.ts";
import { Failure, isFailure } from "../failure.ts";
import { blobId } from "../trees/blob-id.ts";
import type { RepositoryName, WriteState } from "./branch.ts";
import type { Forge } from "./forge.ts";
import type { PullRequest } from "./pull-request.ts";

/** A branch that should be ours, and what we know of our part in it. */
export type BranchQuestion = {
  readonly forge: Forge;
  readonly repository: RepositoryName;
  readonly state: WriteState;
  /** The open pull request that shows the branch; absent when there is none. */
  readonly open: PullRequest | undefined;
  readonly changes: readonly FileChange[];
  /** Names exactly this change: it stands in our commit's message. */
  readonly change: string;
  /** Commits that we recorded as ours. */
  readonly recorded: readonly string[];
};

/**
 * What our branch is like: `same` (our commit with exactly this change), `ours` (may be overwritten) or `foreign`. The
 * files to be changed must still be at the base what they were when the change was planned, else a `conflict`.
 */
export async function examineBranch(question: BranchQuestion): Promise<"same" | "ours" | "foreign" | Failure> {
  const { forge, repository, state, changes, change } = question;
  const paths = changes.map((one) => one.path);
  const atBase = await forge.readBlobIds(repository, state.base.oid, paths);
  if (isFailure(atBase)) return atBase;
  const moved = changes.find((one) => atBase.get(one.path) !== one.before);
  if (moved !== undefined)
    return new Failure(
      "conflict",
      `${moved.path} has changed on ${state.base.name} since the change was planned: it is planned again`,
    );
  if (state.head === undefined) return "ours";
  const mine = await isOurs(question);
  if (isFailure(mine) || !mine) return isFailure(mine) ? mine : "foreign";
  if (!state.head.message.includes(`Headgate-Change: ${change}`)) return "ours";
  const atHead = await forge.readBlobIds(repository, state.head.oid, paths);
  if (isFailure(atHead)) return atHead;
  return changes.every((one) => atHead.get(one.path) === blobId(one.text)) ? "same" : "ours";
}

/** The last commit is the one we recorded; or, when the record was lost, one that was made through the forge and names its change. */
async function isOurs({ forge, repository, state, open, recorded }: BranchQuestion): Promise<boolean | Failure> {
  const { head, base, pulls } = state;
  if (head === undefined || head.oid === base.oid) return true;
  if (recorded.includes(head.oid)) return true;
  const single = head.parents === 1 && (open === undefined || open.commits === 1);
  if (single && head.madeThroughForge && /^Headgate-Change: [0-9a-f]{32} /m.test(head.message)) return true;
  if (open !== undefined) return false;
  if (pulls.some((pull) => pull.state === "MERGED" && pull.headOid === head.oid)) return true;
  return forge.isRecentCommitOf(repository, base.oid, head.oid);
}
