import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { HeadCommit, RepositoryName, WriteQuestion, WriteState } from "../forge/branch.ts";
import type { PullRequest } from "../forge/pull-request.ts";
import { type BranchAnswer, readBranch } from "./branch.ts";
import { type GitLab, type Me, pathOf } from "./client.ts";
import { endingOf, findMergeRequest, idOf, MERGE_REQUEST, type MergeRequest, stateOf } from "./merge-request.ts";

const PAGES_OF_REQUESTS = 4;
const PAGES_OF_LABELS = 10;
/** Of our merge requests of one branch, the newest: each is asked about, and a branch has a new one for every version. */
const MOST_PULLS = 20;

/** A project (https://docs.gitlab.com/api/projects/#get-a-single-project); an empty one has no default branch. */
const PROJECT = z.object({
  id: z.number(),
  archived: z.boolean(),
  default_branch: z.string().nullish(),
  merge_requests_access_level: z.string().catch("enabled"),
});

/** Reads everything that decides what is to be written. Everything after the project is asked by its number. */
export async function readWriteState(
  gitlab: GitLab,
  repository: RepositoryName,
  question: WriteQuestion,
): Promise<WriteState | Failure> {
  const [about, me] = await Promise.all([gitlab.read(pathOf(repository), PROJECT), gitlab.me()]);
  if (isFailure(about)) return about;
  if (isFailure(me)) return me;
  const { owner, name } = repository;
  if (about.merge_requests_access_level === "disabled")
    return new Failure(
      "refused",
      `merge requests are switched off in ${owner}/${name}: switch them on in its settings`,
    );
  const project = `/projects/${about.id}`;
  const base = await readBase(gitlab, { project, repository }, question.base ?? about.default_branch ?? "");
  if (isFailure(base)) return base;
  const head = await readHead(gitlab, project, { branch: question.head, me });
  if (isFailure(head)) return head;
  const pulls = await readPulls(gitlab, about.id, { question, me, head });
  if (isFailure(pulls)) return pulls;
  const labels = await readLabels(gitlab, project, question.labels);
  if (isFailure(labels)) return labels;
  return {
    repositoryId: `${about.id}`,
    archived: about.archived,
    base,
    head,
    pulls,
    labelIds: labels,
    missingLabels: question.labels.filter((name) => !labels.includes(name)),
    ...signerOf(me),
  };
}

/** Who commits with this token. Whether commits must be signed off is a push rule, which only maintainers may read. */
function signerOf({ name, commit_email: address }: Me): Pick<WriteState, "signOff"> {
  if (address === null || address === undefined || address === "") return {};
  return { signOff: { required: false, by: `${name} <${address}>` } };
}

async function readBase(
  gitlab: GitLab,
  { project, repository }: { readonly project: string; readonly repository: RepositoryName },
  name: string,
): Promise<WriteState["base"] | Failure> {
  const { owner, name: of } = repository;
  if (name === "") return new Failure("not-found", `${owner}/${of} is empty`);
  const branch = await readBranch(gitlab, project, name);
  if (isFailure(branch)) return branch;
  if (branch === undefined) return new Failure("not-found", `${owner}/${of} has no branch ${name}`);
  const { id: oid } = branch.commit; // no answer tells the tree; to git a commit names its tree, too
  return { name, oid, tree: oid };
}

async function readHead(
  gitlab: GitLab,
  project: string,
  { branch: name, me }: { readonly branch: string; readonly me: Me },
): Promise<HeadCommit | undefined | Failure> {
  const branch = await readBranch(gitlab, project, name);
  if (isFailure(branch) || branch === undefined) return branch;
  const made = await isMadeThroughForge(gitlab, project, branch.commit, me);
  if (isFailure(made)) return made;
  const { id: oid, message, parent_ids: parents } = branch.commit;
  return { id: branch.name, oid, message, parents: parents.length, madeThroughForge: made };
}

/**
 * A commit of the API has our account's address as its author's. Where the server is set up to sign, it commits and signs
 * itself (`verified_system`); where it is not, our account commits, and who rewrites a commit becomes its committer.
 */
async function isMadeThroughForge(
  gitlab: GitLab,
  project: string,
  { id, author_email: author, committer_email: committer }: BranchAnswer["commit"],
  { commit_email, email }: Me,
): Promise<boolean | Failure> {
  const ours = [commit_email, email].filter((one) => one !== null && one !== undefined && one !== "");
  if (!ours.includes(author)) return false;
  const signature = await gitlab.read(
    `${project}/repository/commits/${id}/signature`,
    z.object({ verification_status: z.string() }),
  );
  if (!isFailure(signature)) return signature.verification_status === "verified_system";
  return signature.code === "not-found" ? ours.includes(committer) : signature;
}

type PullQuestion = {
  readonly question: WriteQuestion;
  readonly me: Me;
  readonly head: HeadCommit | undefined;
};

/** Ours are those of our own account from our branch of this project; a known one comes first. */
async function readPulls(
  gitlab: GitLab,
  project: number,
  { question, me, head: branch }: PullQuestion,
): Promise<PullRequest[] | Failure> {
  const { head, pullRequestId } = question;
  const known = pullRequestId === undefined ? undefined : await findMergeRequest(gitlab, pullRequestId);
  if (isFailure(known)) return known;
  const query = `?state=all&scope=all&author_id=${me.id}&source_branch=${encodeURIComponent(head)}`;
  const path = `/projects/${project}/merge_requests${query}`;
  const listed = await gitlab.readPages(path, MERGE_REQUEST, PAGES_OF_REQUESTS);
  if (isFailure(listed)) return listed;
  const isOurs = (one: MergeRequest) =>
    one.source_branch === head && one.source_project_id === project && one.project_id === project;
  const others = listed.rows.filter((one) => isOurs(one) && one.author?.id === me.id && one.id !== known?.id);
  const first = known !== undefined && isOurs(known) ? [known] : [];
  const all = [...first, ...others.sort((a, b) => b.iid - a.iid).slice(0, MOST_PULLS)];
  const read = await Promise.all(all.map((one) => toPull(gitlab, one, branch?.oid)));
  return read.find(isFailure) ?? (read as PullRequest[]);
}

/** `head`: where the branch is. An open merge request follows it, and says so a moment later. */
async function toPull(gitlab: GitLab, request: MergeRequest, head: string | undefined): Promise<PullRequest | Failure> {
  const { iid, project_id: project, web_url: url, title, description, sha, target_branch: base } = request;
  const path = `/projects/${project}/merge_requests/${iid}/commits`;
  const commits = await gitlab.readPages(path, z.object({ id: z.string() }), 2);
  if (isFailure(commits)) return commits;
  const ending = await endingOf(gitlab, request);
  if (isFailure(ending)) return ending;
  const state = stateOf(request);
  const headOid = (state === "OPEN" ? head : undefined) ?? sha ?? "";
  const told = { base, headOid, commits: commits.rows.length, ...ending };
  const names = { id: idOf(request), number: iid, url, state };
  return { ...names, title, body: description ?? "", ...told };
}

/** Labels of the project and its groups are given by name, and one that is not there would be made. */
async function readLabels(
  gitlab: GitLab,
  project: string,
  wanted: readonly string[],
): Promise<readonly string[] | Failure> {
  if (wanted.length === 0) return [];
  const labels = await gitlab.readPages(`${project}/labels`, z.object({ name: z.string() }), PAGES_OF_LABELS);
  if (isFailure(labels)) return labels;
  return wanted.filter((name) => labels.rows.some((one) => one.name === name));
}
