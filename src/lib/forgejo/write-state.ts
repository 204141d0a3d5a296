import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { HeadCommit, RepositoryName, WriteQuestion, WriteState } from "../forge/branch.ts";
import type { PullRequest } from "../forge/pull-request.ts";
import { ACCOUNT, type Account, type Forgejo, pathOf, segments } from "./client.ts";
import { endingOf, findPull, idOf, PULL, type Pull, stateOf } from "./pull.ts";
import { closerIn, readTimeline } from "./timeline.ts";

/** Pages of our own pull requests, last changed first, in which one is looked for that the store does not know. */
const PAGES_OF_PULLS = 4;
const PAGES_OF_LABELS = 10;
/** Of those of one branch, the newest: each is asked about, and a branch has a new one for every version. */
const MOST_PULLS = 20;

const REPOSITORY = z.object({ id: z.number(), archived: z.boolean(), default_branch: z.string() });
const BRANCH = z.object({ name: z.string(), commit: z.object({ id: z.string() }) });
const COMMIT = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), tree: z.object({ sha: z.string() }) }),
  parents: z.array(z.object({ sha: z.string() })).nullable(),
  author: ACCOUNT.nullish(),
  committer: ACCOUNT.nullish(),
});
const LABEL = z.object({ id: z.number(), name: z.string() });

/** Reads everything that decides what is to be written. */
export async function readWriteState(
  forgejo: Forgejo,
  repository: RepositoryName,
  question: WriteQuestion,
): Promise<WriteState | Failure> {
  const path = pathOf(repository);
  const [about, me] = await Promise.all([forgejo.read(path, REPOSITORY), forgejo.me()]);
  if (isFailure(about)) return about;
  if (isFailure(me)) return me;
  const base = await readBase(forgejo, repository, question.base ?? about.default_branch);
  if (isFailure(base)) return base;
  const head = await readHead(forgejo, repository, { branch: question.head, me });
  if (isFailure(head)) return head;
  const pulls = await readPulls(forgejo, repository, { question, repositoryId: about.id, me });
  if (isFailure(pulls)) return pulls;
  const labels = await readLabels(forgejo, path, question.labels);
  if (isFailure(labels)) return labels;
  return { repositoryId: `${about.id}`, archived: about.archived, base, head, pulls, ...labels };
}

/** A branch as it is; undefined when there is none. */
export async function readBranch(
  forgejo: Forgejo,
  repository: RepositoryName,
  name: string,
): Promise<{ readonly id: string; readonly oid: string } | undefined | Failure> {
  const branch = await forgejo.read(`${pathOf(repository)}/branches/${segments(name)}`, BRANCH);
  if (isFailure(branch)) return branch.code === "not-found" ? undefined : branch;
  return { id: branch.name, oid: branch.commit.id };
}

/** A commit with its tree, its parents and the accounts behind it. */
export function readCommit(forgejo: Forgejo, repository: RepositoryName, oid: string) {
  return forgejo.read(`${pathOf(repository)}/git/commits/${oid}?stat=false&verification=false&files=false`, COMMIT);
}

async function readBase(
  forgejo: Forgejo,
  repository: RepositoryName,
  name: string,
): Promise<WriteState["base"] | Failure> {
  const branch = await readBranch(forgejo, repository, name);
  if (isFailure(branch)) return branch;
  const { owner, name: of } = repository;
  if (branch === undefined) return new Failure("not-found", `${owner}/${of} has no branch ${name}`);
  const commit = await readCommit(forgejo, repository, branch.oid);
  return isFailure(commit) ? commit : { name, oid: branch.oid, tree: commit.commit.tree.sha };
}

/**
 * The server signs nothing unless it is set up for it, and who rewrites a commit becomes its committer: ours has our
 * account as both author and committer.
 */
async function readHead(
  forgejo: Forgejo,
  repository: RepositoryName,
  { branch: name, me }: { readonly branch: string; readonly me: Account },
): Promise<HeadCommit | undefined | Failure> {
  const branch = await readBranch(forgejo, repository, name);
  if (isFailure(branch) || branch === undefined) return branch;
  const commit = await readCommit(forgejo, repository, branch.oid);
  if (isFailure(commit)) return commit;
  const madeThroughForge = commit.author?.id === me.id && commit.committer?.id === me.id;
  const { message } = commit.commit;
  return { ...branch, message, parents: commit.parents?.length ?? 0, madeThroughForge };
}

type PullQuestion = {
  readonly question: WriteQuestion;
  readonly repositoryId: number;
  readonly me: Account;
};

/** Ours are those of our own account from our branch of this repository. */
async function readPulls(
  forgejo: Forgejo,
  repository: RepositoryName,
  { question: { head, pullRequestId }, repositoryId, me }: PullQuestion,
): Promise<PullRequest[] | Failure> {
  const known = pullRequestId === undefined ? undefined : await findPull(forgejo, repository, pullRequestId);
  if (isFailure(known)) return known;
  const query = `?state=all&sort=recentupdate&poster=${encodeURIComponent(me.login)}`;
  const listed = await forgejo.readPages(`${pathOf(repository)}/pulls${query}`, PULL, PAGES_OF_PULLS);
  if (isFailure(listed)) return listed;
  const ours = listed.rows.filter(
    (pull) =>
      pull.user?.id === me.id &&
      pull.head.label === head &&
      pull.head.repo_id === repositoryId &&
      pull.id !== known?.id,
  );
  const first = known?.head.label === head ? [known] : [];
  const all = [...first, ...ours.sort((a, b) => b.number - a.number).slice(0, MOST_PULLS)];
  const read = await Promise.all(all.map((pull) => toPull(forgejo, repository, pull)));
  return read.find(isFailure) ?? (read as PullRequest[]);
}

async function toPull(forgejo: Forgejo, repository: RepositoryName, pull: Pull): Promise<PullRequest | Failure> {
  const { number, html_url: url, title, body } = pull;
  const path = `${pathOf(repository)}/pulls/${number}/commits?verification=false&files=false`;
  const commits = await forgejo.readPages(path, z.object({ sha: z.string() }), 2);
  if (isFailure(commits)) return commits;
  const isClosed = stateOf(pull) === "CLOSED";
  const events = isClosed ? await readTimeline(forgejo, repository, number) : [];
  if (isFailure(events)) return events;
  const told = {
    base: pull.base.ref,
    headOid: pull.head.sha,
    commits: commits.rows.length,
    ...endingOf(pull, closerIn(events)),
  };
  return { id: idOf(pull), number, url, state: stateOf(pull), title, body: body ?? "", ...told };
}

async function readLabels(
  forgejo: Forgejo,
  path: string,
  names: readonly string[],
): Promise<Pick<WriteState, "labelIds" | "missingLabels"> | Failure> {
  if (names.length === 0) return { labelIds: [], missingLabels: [] };
  const labels = await forgejo.readPages(`${path}/labels`, LABEL, PAGES_OF_LABELS);
  if (isFailure(labels)) return labels;
  const ids = new Map(labels.rows.map(({ id, name }) => [name, `${id}`]));
  return {
    labelIds: names.flatMap((name) => ids.get(name) ?? []),
    missingLabels: names.filter((name) => !ids.has(name)),
  };
}
