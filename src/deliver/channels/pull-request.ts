import { z } from "zod";
import type { Delivery } from "../../domain/bump.ts";
import type { Project } from "../../domain/project.ts";
import { findCoveringPull } from "../../lib/covering-pull.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { Forge, OpenPullRequest, PullRequest, RepositoryName, WriteState } from "../../lib/forge.ts";
import { examineBranch } from "../../lib/own-branch.ts";
import type { Batch, Channel, DeliverContext, ProposalToDeliver } from "../channel.ts";
import { statusOf } from "../render/commit-status.ts";
import { type PullRequestText, readMarker, renderPullRequest } from "../render/pull-request.ts";

const names = z.array(z.string().min(1).max(50)).max(20).default([]);

const OPTIONS = z.strictObject({
  labels: names.describe("labels of new pull requests; they must exist"),
  reviewers: names.describe("people who are asked to review; none by default, so that CODEOWNERS decides"),
  "team-reviewers": names.describe("teams of the organisation that are asked to review"),
  assignees: names.describe("people who are assigned"),
  milestone: z.number().int().min(1).optional().describe("number of the milestone of new pull requests"),
  draft: z.boolean().default(false).describe("open pull requests as drafts"),
  "auto-merge": z
    .enum(["off", "merge", "squash", "rebase"])
    .default("off")
    .describe(
      "let GitHub merge what is proposed without any warning, once everything that the repository requires passed",
    ),
  status: z.boolean().default(true).describe("show the verdict as a commit status named headgate, where the token may"),
  "open-limit": z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(10)
    .describe("pull requests that may be open at once; fixes of advisories do not wait for a place"),
});

type Options = z.output<typeof OPTIONS>;

/** One pull request per component, on a branch of the watched repository, superseded in place. */
export const pullRequest: Channel = {
  id: "pull-request",
  title: "Pull requests on GitHub",
  accepts: "proposals",
  options: OPTIONS,
  deliver: deliverProposals,
  probe: async ({ forge }) =>
    forge === undefined ? new Failure("misconfigured", NO_CREDENTIAL) : `on: ${forge.title}`,
};

const NO_CREDENTIAL = "no GitHub credential: set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY";

/** Everything that one proposal's delivery needs, collected before the first write. */
type Job = {
  readonly item: ProposalToDeliver;
  readonly text: PullRequestText;
  readonly forge: Forge;
  readonly repository: RepositoryName;
  readonly context: DeliverContext;
  readonly options: Options;
  readonly state: WriteState;
  readonly others: () => Promise<readonly OpenPullRequest[] | Failure>;
};

type Outcome = Pick<Delivery, "state"> & Partial<Pick<Delivery, "url" | "externalId" | "commit" | "error" | "retryAt">>;

/** Known pull requests first, then fixes of advisories, then as given: whoever waits for a place is the least urgent. */
async function deliverProposals(batch: Batch, context: DeliverContext): Promise<(Delivery | Failure)[]> {
  if (batch.kind !== "proposals") return [];
  const options = OPTIONS.parse(context.options ?? {});
  const others = onceOnly(async () => {
    const { source } = batch.project;
    if (source.kind !== "github" || context.forge === undefined) return [];
    return context.forge.listOpen({ owner: source.owner, name: source.name });
  });
  const results = new Map<ProposalToDeliver, Delivery | Failure>();
  for (const item of batch.proposals.toSorted((a, b) => urgency(b) - urgency(a))) {
    const open = results.entries().filter(takesPlace).toArray().length;
    const waits = urgency(item) === 0 && open >= options["open-limit"];
    results.set(
      item,
      waits
        ? waitsForPlace(item, context, options["open-limit"])
        : await deliverOne(batch.project, item, context, options, others),
    );
  }
  return batch.proposals.flatMap((item) => results.get(item) ?? []);
}

function onceOnly<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let asked: Promise<Result> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

function urgency(item: ProposalToDeliver): number {
  return knownPullRequest(item) !== undefined ? 2 : item.proposal.candidate.fixes.length > 0 ? 1 : 0;
}

/** One that could not be looked at just now keeps the place it had. */
function takesPlace([item, result]: [ProposalToDeliver, Delivery | Failure]): boolean {
  if (isFailure(result)) return knownPullRequest(item) !== undefined;
  const over: (string | undefined)[] = [CLOSED.CLOSED, CLOSED.MERGED];
  return result.externalId !== undefined && !over.includes(result.error);
}

function waitsForPlace(item: ProposalToDeliver, context: DeliverContext, limit: number): Delivery {
  const error = `waits for a place: ${limit} pull requests are open already (deliver.pull-request.open-limit)`;
  return toDelivery(item, renderPullRequest(item, context.urls.github.web), context, { state: "refused", error });
}

async function deliverOne(
  project: Project,
  item: ProposalToDeliver,
  context: DeliverContext,
  options: Options,
  others: Job["others"],
): Promise<Delivery | Failure> {
  const text = renderPullRequest(item, context.urls.github.web);
  const { forge } = context;
  const refusal = refusalOf(project, item, forge);
  if (refusal !== undefined || project.source.kind !== "github" || forge === undefined) {
    return toDelivery(item, text, context, { state: "refused", error: refusal ?? NO_CREDENTIAL });
  }
  const { owner, name } = project.source;
  const repository = { owner, name };
  const state = await forge.readWriteState(repository, {
    base: project.branch,
    head: text.branch,
    labels: options.labels,
    pullRequestId: knownPullRequest(item),
  });
  if (isFailure(state)) return state;
  const outcome = await carryOut({ item, text, forge, repository, context, options, state, others });
  return isFailure(outcome) ? outcome : toDelivery(item, text, context, outcome);
}

/** Why this can never become a pull request, with what to do instead; undefined when it can. */
function refusalOf(project: Project, { proposal }: ProposalToDeliver, forge: Forge | undefined): string | undefined {
  const apply = `headgate apply ${proposal.candidate.id}`;
  if (project.source.kind !== "github")
    return `this project is a local folder, not a repository on GitHub: ${apply} writes the change into it`;
  if (proposal.changes.length === 0) return "every place of it must be changed by hand";
  if (forge === undefined) return `${NO_CREDENTIAL}; or apply it: ${apply} --patch`;
  const special = proposal.changes.find((change) => !forge.keepsModes.includes(change.mode));
  if (special === undefined) return undefined;
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
  const ended = open === undefined ? endedPullRequest(state.pulls, item) : undefined;
  if (ended !== undefined) return ended;
  const branch = await examineBranch({
    ...job,
    open,
    changes: item.proposal.changes,
    change: text.change,
    recorded: item.earlier.flatMap((delivery) => delivery.commit ?? []),
  });
  if (isFailure(branch)) return branch;
  if (branch === "foreign")
    return open === undefined ? foreignBranch(text.branch) : { ...reference(open), state: "unchanged", error: FROZEN };
  if (open === undefined) {
    const covered = await coveredBy(job);
    if (covered !== undefined) return covered;
  }
  const upToDate = branch === "same" && open !== undefined && readMarker(open.body)?.fingerprint === text.fingerprint;
  if (upToDate) return { ...reference(open), state: "unchanged", commit: open.headOid };
  return write(job, open, branch === "same" ? state.head?.oid : undefined);
}

const CLOSED = {
  CLOSED: "somebody closed this pull request: the same version is not proposed again",
  MERGED: "merged already",
};

const FROZEN = "somebody else committed to its branch: it is left as it is";

/** How often a bot may close what is proposed until that counts as the wish of whoever runs the bot. */
const CLOSED_BY_BOTS = 2;

/**
 * What an ended pull request about exactly this candidate means. A person's close is an answer, unless a person asked
 * for it again since; a bot's is not, until it happens again and again.
 */
function endedPullRequest(pulls: readonly PullRequest[], item: ProposalToDeliver): Outcome | undefined {
  const about = pulls.filter((pull) => pull.state !== "OPEN" && isAbout(pull, item));
  const answers = about.filter(({ id, state, endedBy, endedAt }) => {
    const asksAgain = item.reopenedAt !== undefined && (endedAt === undefined || endedAt < item.reopenedAt);
    return !asksAgain && (state === "MERGED" || (endedBy?.bot !== true && !closedByUs(id, item)));
  });
  const [answer] = answers;
  if (answer !== undefined && answer.state !== "OPEN")
    return { ...reference(answer), state: "unchanged", error: CLOSED[answer.state] };
  const byBots = about.filter(
    ({ id, state, endedBy }) => state === "CLOSED" && endedBy?.bot === true && !closedByUs(id, item),
  );
  const [last] = byBots;
  if (last === undefined || byBots.length < CLOSED_BY_BOTS || item.reopenedAt !== undefined) return undefined;
  const error = `${last.endedBy?.login} closes it again and again: teach that bot about the branch, then headgate reopen ${item.proposal.candidate.id}`;
  return { ...reference(last), state: "unchanged", error };
}

/** We withdrew it, and what we withdrew it for is over: else nothing would be proposed. */
function closedByUs(id: string, { earlier }: ProposalToDeliver): boolean {
  return earlier.some(
    ({ channel, key, state }) => channel === `${pullRequest.id}/close` && state === "sent" && key.endsWith(`/${id}`),
  );
}

function foreignBranch(name: string): Outcome {
  return {
    state: "refused",
    error: `there is a branch ${name} with commits that are not Headgate's: delete or rename it`,
  };
}

/** A second pull request for the same pin would only be in the way of the first. */
async function coveredBy({ item, text, forge, repository, others }: Job): Promise<Outcome | undefined> {
  const open = await others();
  if (isFailure(open)) return undefined; // not to be had: two pull requests are better than none
  const { pins } = item.proposal.candidate.component;
  const covering = await findCoveringPull(forge, repository, open, pins, text.branch);
  if (covering === undefined) return undefined;
  const { pull, pin } = covering;
  const error = `covered by #${pull.number} of ${pull.author.login}, which changes ${pin.path}:${pin.line}`;
  return { state: "refused", url: pull.url, error };
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
  const { state, item, text, forge, repository, options } = job;
  const { title, body } = text;
  const commit =
    present ??
    (await forge.commit({
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
    const failure = await forge.update(repository, { id: open.id, title, body });
    if (failure !== undefined) return failure;
    return { ...reference(open), state: "sent", commit, ...missingOf(await finish(job, open.id, commit)) };
  }
  const { draft } = options;
  const names = { repositoryId: state.repositoryId, base: state.base.name, head: text.branch };
  const made = await forge.open(repository, { ...names, title, body, draft });
  if (isFailure(made)) return made;
  const missing = [
    ...(await forge.decorate(repository, made, {
      labelIds: state.labelIds,
      reviewers: options.reviewers,
      teamReviewers: options["team-reviewers"],
      assignees: options.assignees,
      ...(options.milestone !== undefined && { milestone: options.milestone }),
    })),
    ...(await finish(job, made.id, commit)),
  ];
  return { state: "sent", url: made.url, externalId: made.id, commit, ...missingOf(missing) };
}

/** What belongs to the commit and not to the pull request: its status, and leave to be merged. */
async function finish({ item, forge, repository, options }: Job, id: string, commit: string): Promise<string[]> {
  const { decision } = item.proposal;
  const status = options.status ? await forge.setStatus(repository, commit, statusOf(decision)) : undefined;
  const method = options["auto-merge"];
  const clean = decision.reasons.every((reason) => !["warn", "hold", "block"].includes(reason.level));
  const merging =
    method === "off" || options.draft || !clean ? undefined : await forge.autoMerge(repository, id, commit, method);
  return [
    // a token that may not set statuses is the ordinary case, and doctor says so
    ...(status === undefined || ["forbidden", "not-found"].includes(status.code) ? [] : [`status: ${status.message}`]),
    ...(merging === undefined ? [] : [`auto-merge: ${merging.message}`]),
  ];
}

function missingOf(missing: readonly string[]): Pick<Outcome, "error"> {
  return missing.length === 0 ? {} : { error: `not everything was given to it: ${missing.join("; ")}` };
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
