import { z } from "zod";
import type { Delivery } from "../../domain/bump.ts";
import type { Project } from "../../domain/project.ts";
import { blobId } from "../../lib/blob-id.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { GitHub } from "../../lib/github.ts";
import {
  addLabels,
  createPullRequest,
  isRecentCommitOf,
  type PullRequest,
  readBlobIds,
  readWriteState,
  updatePullRequest,
  type WriteState,
} from "../../lib/github-pulls.ts";
import { commitToBranch, type RepositoryName } from "../../lib/github-write.ts";
import type { Batch, Channel, DeliverContext, ProposalToDeliver } from "../channel.ts";
import { type PullRequestText, readMarker, renderPullRequest } from "../render/pull-request.ts";

const OPTIONS = z.strictObject({
  labels: z
    .array(z.string().min(1).max(50))
    .max(20)
    .default([])
    .describe("labels of new pull requests; they must exist"),
  "open-limit": z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(10)
    .describe("pull requests that may be open at once; fixes of advisories do not wait for a place"),
});

/** One pull request per component, on a branch of the watched repository, superseded in place. */
export const pullRequest: Channel = {
  id: "pull-request",
  title: "Pull requests on GitHub",
  accepts: "proposals",
  options: OPTIONS,
  deliver: deliverProposals,
  probe: async ({ github }) =>
    github === undefined
      ? new Failure("misconfigured", NO_CREDENTIAL)
      : `on, with ${github.credential === "app" ? "a GitHub App" : "a personal token"}`,
};

const NO_CREDENTIAL = "no GitHub credential: set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY";

/** Everything that one proposal's delivery needs, collected before the first write. */
type Job = {
  readonly item: ProposalToDeliver;
  readonly text: PullRequestText;
  readonly github: GitHub;
  readonly repository: RepositoryName;
  readonly context: DeliverContext;
  readonly state: WriteState;
};

type Outcome = Pick<Delivery, "state"> & Partial<Pick<Delivery, "url" | "externalId" | "commit" | "error" | "retryAt">>;

/** Known pull requests first, then fixes of advisories, then as given: whoever waits for a place is the least urgent. */
async function deliverProposals(batch: Batch, context: DeliverContext): Promise<(Delivery | Failure)[]> {
  if (batch.kind !== "proposals") return [];
  const limit = OPTIONS.parse(context.options ?? {})["open-limit"];
  const results = new Map<ProposalToDeliver, Delivery | Failure>();
  for (const item of batch.proposals.toSorted((a, b) => urgency(b) - urgency(a))) {
    const open = results.entries().filter(takesPlace).toArray().length;
    const waits = urgency(item) === 0 && open >= limit;
    results.set(item, waits ? waitsForPlace(item, context, limit) : await deliverOne(batch.project, item, context));
  }
  return batch.proposals.flatMap((item) => results.get(item) ?? []);
}

function urgency(item: ProposalToDeliver): number {
  return knownPullRequest(item) !== undefined ? 2 : item.proposal.candidate.fixes.length > 0 ? 1 : 0;
}

/** One that could not be looked at just now keeps the place it had. */
function takesPlace([item, result]: [ProposalToDeliver, Delivery | Failure]): boolean {
  if (isFailure(result)) return knownPullRequest(item) !== undefined;
  const over: (string | undefined)[] = [CLOSED.CLOSED, CLOSED.MERGED];
  return result.url !== undefined && !over.includes(result.error);
}

function waitsForPlace(item: ProposalToDeliver, context: DeliverContext, limit: number): Delivery {
  const error = `waits for a place: ${limit} pull requests are open already (deliver.pull-request.open-limit)`;
  return toDelivery(item, renderPullRequest(item, context.urls.github.web), context, { state: "refused", error });
}

async function deliverOne(
  project: Project,
  item: ProposalToDeliver,
  context: DeliverContext,
): Promise<Delivery | Failure> {
  const text = renderPullRequest(item, context.urls.github.web);
  const refusal = refusalOf(project, item, context.github);
  if (refusal !== undefined || project.source.kind !== "github" || context.github === undefined) {
    return toDelivery(item, text, context, { state: "refused", error: refusal ?? NO_CREDENTIAL });
  }
  const { owner, name } = project.source;
  const repository = { owner, name };
  const github = within(context.github, repository);
  const state = await readWriteState(github, repository, {
    base: project.branch,
    head: text.branch,
    labels: OPTIONS.parse(context.options ?? {}).labels,
    pullRequestId: knownPullRequest(item),
  });
  if (isFailure(state)) return state;
  const outcome = await carryOut({ item, text, github, repository, context, state });
  return isFailure(outcome) ? outcome : toDelivery(item, text, context, outcome);
}

/** Why this can never become a pull request, with what to do instead; undefined when it can. */
function refusalOf(project: Project, { proposal }: ProposalToDeliver, github: GitHub | undefined): string | undefined {
  const apply = `headgate apply ${proposal.candidate.id}`;
  if (project.source.kind !== "github")
    return `this project is a local folder, not a repository on GitHub: ${apply} writes the change into it`;
  if (proposal.changes.length === 0) return "every place of it must be changed by hand";
  if (github === undefined) return `${NO_CREDENTIAL}; or apply it: ${apply} --patch`;
  const special = proposal.changes.find((change) => change.mode !== "100644");
  if (special === undefined) return undefined;
  if (github.credential === "app" && special.mode === "100755") return undefined;
  const kind =
    special.mode === "100755"
      ? "is executable, and a commit with a personal token would take that away"
      : `has the file mode ${special.mode}`;
  return `${special.path} ${kind}: use a GitHub App, or apply it: ${apply} --patch`;
}

async function carryOut(job: Job): Promise<Outcome | Failure> {
  const { state, item, text } = job;
  if (state.archived) return { state: "refused", error: "the repository is archived: nothing can be written to it" };
  const open = state.pulls.find((pull) => pull.state === "OPEN");
  const closed = open ?? state.pulls.find((pull) => isAbout(pull, item));
  if (closed !== undefined && closed.state !== "OPEN")
    return { ...reference(closed), state: "unchanged", error: CLOSED[closed.state] };
  const branch = await examineBranch(job, open);
  if (isFailure(branch)) return branch;
  if (branch === "foreign")
    return open === undefined ? foreignBranch(text.branch) : { ...reference(open), state: "unchanged", error: FROZEN };
  const upToDate = branch === "same" && open !== undefined && readMarker(open.body)?.fingerprint === text.fingerprint;
  if (upToDate) return { ...reference(open), state: "unchanged", commit: open.headOid };
  return write(job, open, branch === "same" ? state.head?.oid : undefined);
}

const CLOSED = {
  CLOSED: "somebody closed this pull request: the same version is not proposed again",
  MERGED: "merged already",
};

const FROZEN = "somebody else committed to its branch: it is left as it is";

function foreignBranch(name: string): Outcome {
  return {
    state: "refused",
    error: `there is a branch ${name} with commits that are not Headgate's: delete or rename it`,
  };
}

/**
 * What our branch is like: `same` (our commit with exactly this change), `ours` (may be overwritten) or `foreign`. The
 * files to be changed must still be at the base what they were when the change was planned.
 */
async function examineBranch(job: Job, open: PullRequest | undefined): Promise<"same" | "ours" | "foreign" | Failure> {
  const { state, item, text, github, repository } = job;
  const { changes } = item.proposal;
  const paths = changes.map((change) => change.path);
  const atBase = await readBlobIds(github, repository, state.base.oid, paths);
  if (isFailure(atBase)) return atBase;
  const moved = changes.find((change) => atBase.get(change.path) !== change.before);
  if (moved !== undefined)
    return new Failure(
      "conflict",
      `${moved.path} has changed on ${state.base.name} since the change was planned: it is planned again`,
    );
  if (state.head === undefined) return "ours";
  const mine = await isOurs(job, open);
  if (isFailure(mine) || !mine) return isFailure(mine) ? mine : "foreign";
  if (!state.head.message.includes(`Headgate-Change: ${text.change}`)) return "ours";
  const atHead = await readBlobIds(github, repository, state.head.oid, paths);
  if (isFailure(atHead)) return atHead;
  return changes.every((change) => atHead.get(change.path) === blobId(change.text)) ? "same" : "ours";
}

/** The last commit is the one we recorded; or, when the record was lost, one that the forge signed and that names its change. */
async function isOurs(
  { state, item, github, repository }: Job,
  open: PullRequest | undefined,
): Promise<boolean | Failure> {
  const { head, base, pulls } = state;
  if (head === undefined || head.oid === base.oid) return true;
  if (item.earlier.some((delivery) => delivery.commit === head.oid)) return true;
  const single = head.parents === 1 && (open === undefined || open.commits === 1);
  if (single && head.signedByForge && /^Headgate-Change: [0-9a-f]{32} /m.test(head.message)) return true;
  if (open !== undefined) return false;
  if (pulls.some((pull) => pull.state === "MERGED" && pull.headOid === head.oid)) return true;
  return isRecentCommitOf(github, repository, base.oid, head.oid);
}

/** Writes what differs, and records it before and after. `commit`: the branch holds the change already. */
async function write(job: Job, open: PullRequest | undefined, commit: string | undefined): Promise<Outcome> {
  const { item, text, context } = job;
  await context.record(toDelivery(item, text, context, { ...(open && reference(open)), state: "started" }));
  const outcome = await writeAll(job, open, commit);
  const final: Outcome = isFailure(outcome)
    ? {
        ...(open && reference(open)),
        state: "failed",
        error: outcome.message,
        ...(isTemporary(outcome) && { retryAt: outcome.retryAt ?? context.now }),
      }
    : outcome;
  await context.record(toDelivery(item, text, context, final));
  return final;
}

async function writeAll(
  job: Job,
  open: PullRequest | undefined,
  present: string | undefined,
): Promise<Outcome | Failure> {
  const { state, item, text, github, repository } = job;
  const { title, body } = text;
  const commit =
    present ??
    (await commitToBranch(github, {
      repository,
      repositoryId: state.repositoryId,
      base: state.base,
      branch: text.branch,
      existing: state.head,
      shown: open !== undefined,
      changes: item.proposal.changes,
      message: text.commitMessage,
    }));
  if (isFailure(commit)) return commit;
  if (open !== undefined) {
    const failure = await updatePullRequest(github, { pullRequestId: open.id, title, body });
    return failure ?? { ...reference(open), state: "sent", commit };
  }
  const made = await createPullRequest(github, {
    repositoryId: state.repositoryId,
    baseRefName: state.base.name,
    headRefName: text.branch,
    title,
    body,
  });
  if (isFailure(made)) return made;
  const labelled = state.labelIds.length === 0 ? undefined : await addLabels(github, made.id, state.labelIds);
  return {
    state: "sent",
    url: made.url,
    externalId: made.id,
    commit,
    ...(labelled && { error: `labels are missing: ${labelled.message}` }),
  };
}

/** The client with an App's installation of this repository: another one's may not write here. */
function within(github: GitHub, repository: RepositoryName): GitHub {
  return { ...github, graphql: (document, variables) => github.graphql(document, variables, repository) };
}

/** A closed or merged pull request speaks for this candidate when it proposed exactly this one. */
function isAbout(pull: PullRequest, { proposal, earlier }: ProposalToDeliver): boolean {
  const marked = readMarker(pull.body)?.candidate;
  if (marked !== undefined) return marked === proposal.candidate.id;
  return earlier.some((delivery) => delivery.externalId === pull.id && delivery.subject.id === proposal.candidate.id);
}

function knownPullRequest({ earlier }: ProposalToDeliver): string | undefined {
  const known = earlier.filter((delivery) => delivery.channel === pullRequest.id && delivery.externalId !== undefined);
  return known.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0]?.externalId;
}

function isTemporary(failure: Failure): boolean {
  return ["conflict", "rate-limited", "unavailable", "timeout"].includes(failure.code);
}

function reference(pull: PullRequest): { readonly url: string; readonly externalId: string } {
  return { url: pull.url, externalId: pull.id };
}

function toDelivery(
  item: ProposalToDeliver,
  text: PullRequestText,
  context: DeliverContext,
  outcome: Outcome,
): Delivery {
  const { id } = item.proposal.candidate;
  return {
    subject: { kind: "candidate", id },
    channel: pullRequest.id,
    key: `${pullRequest.id}/${id}/${text.fingerprint}`,
    at: context.now,
    ...outcome,
  };
}
