import { z } from "zod";
import type { Decision, Delivery } from "../../domain/bump.ts";
import type { Project } from "../../domain/project.ts";
import { type CoveringPull, findCoveringPull } from "../../lib/covering-pull.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { Forge, OpenPullRequest, PullRequest, RepositoryName, WriteState } from "../../lib/forge.ts";
import { examineBranch } from "../../lib/own-branch.ts";
import type { Batch, Channel, DeliverContext } from "../channel.ts";
import { DECISION_LABELS } from "../read-label.ts";
import { answerTo, earlierOf, isAnswer, knownPullRequest } from "../render/answered.ts";
import { statusOf } from "../render/commit-status.ts";
import { type Parcel, toParcels } from "../render/parcel.ts";
import { readMarker } from "../render/pull-request.ts";

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
  "decision-labels": DECISION_LABELS,
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

/** Everything that one pull request needs, collected before the first write. */
type Job = {
  readonly parcel: Parcel;
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
  const results = new Map<Parcel, readonly Delivery[] | Failure>();
  const parcels = toParcels(batch.proposals, context.urls.github.web);
  for (const parcel of parcels.toSorted((a, b) => urgency(b) - urgency(a))) {
    const open = results.entries().filter(takesPlace).toArray().length;
    const waits = urgency(parcel) === 0 && open >= options["open-limit"];
    results.set(
      parcel,
      waits
        ? toDeliveries(parcel, context, waitsForPlace(options["open-limit"]))
        : await deliverOne(batch.project, parcel, context, withWish(options, parcel), others),
    );
  }
  return batch.proposals.flatMap((item) => {
    const parcel = parcels.find((one) => one.items.includes(item));
    const result = parcel === undefined ? undefined : results.get(parcel);
    if (result === undefined || isFailure(result)) return result ?? [];
    return result.find((one) => one.subject.id === item.proposal.candidate.id) ?? [];
  });
}

/** Options of the channel, overruled by what rules say of this pull request; labels add up. */
function withWish(options: Options, { wish }: Parcel): Options {
  return {
    ...options,
    labels: [...new Set([...options.labels, ...(wish.labels ?? [])])],
    reviewers: [...(wish.reviewers ?? options.reviewers)],
    "team-reviewers": [...(wish.teamReviewers ?? options["team-reviewers"])],
    assignees: [...(wish.assignees ?? options.assignees)],
    draft: wish.draft ?? options.draft,
    "auto-merge": wish.autoMerge ?? options["auto-merge"],
  };
}

function onceOnly<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let asked: Promise<Result> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

function urgency(parcel: Parcel): number {
  if (knownPullRequest(parcel) !== undefined) return 2;
  return parcel.candidates.some((candidate) => candidate.fixes.length > 0) ? 1 : 0;
}

/** One that could not be looked at just now keeps the place it had. */
function takesPlace([parcel, result]: [Parcel, readonly Delivery[] | Failure]): boolean {
  if (isFailure(result)) return knownPullRequest(parcel) !== undefined;
  return result.some((one) => one.externalId !== undefined && !isAnswer(one.error));
}

function waitsForPlace(limit: number): Outcome {
  const error = `waits for a place: ${limit} pull requests are open already (deliver.pull-request.open-limit)`;
  return { state: "refused", error };
}

async function deliverOne(
  project: Project,
  parcel: Parcel,
  context: DeliverContext,
  options: Options,
  others: Job["others"],
): Promise<readonly Delivery[] | Failure> {
  const { forge } = context;
  const refusal = refusalOf(project, parcel, forge);
  if (refusal !== undefined || project.source.kind !== "github" || forge === undefined) {
    return toDeliveries(parcel, context, { state: "refused", error: refusal ?? NO_CREDENTIAL });
  }
  const { owner, name } = project.source;
  const repository = { owner, name };
  const state = await forge.readWriteState(repository, {
    base: project.branch,
    head: parcel.text.branch,
    labels: options.labels,
    pullRequestId: knownPullRequest(parcel),
  });
  if (isFailure(state)) return state;
  const outcome = await carryOut({ parcel, forge, repository, context, options, state, others });
  return isFailure(outcome) ? outcome : toDeliveries(parcel, context, outcome);
}

/** Why this can never become a pull request, with what to do instead; undefined when it can. */
function refusalOf(project: Project, { changes, candidates }: Parcel, forge: Forge | undefined): string | undefined {
  const apply = candidates.map((candidate) => `headgate apply ${candidate.id}`).join(" and ");
  if (project.source.kind !== "github")
    return `this project is a local folder, not a repository on GitHub: ${apply} writes the change into it`;
  if (changes.length === 0) return "every place of it must be changed by hand";
  if (forge === undefined) return `${NO_CREDENTIAL}; or apply it: ${apply} --patch`;
  const special = changes.find((change) => !forge.keepsModes.includes(change.mode));
  if (special === undefined) return undefined;
  const kind =
    special.mode === "100755"
      ? "is executable, and a commit with a personal token would take that away"
      : `has the file mode ${special.mode}`;
  return `${special.path} ${kind}: use a GitHub App, or apply it: ${apply} --patch`;
}

async function carryOut(job: Job): Promise<Outcome | Failure> {
  const { state, parcel } = job;
  const { text } = parcel;
  if (state.archived) return { state: "refused", error: "the repository is archived: nothing can be written to it" };
  const open = state.pulls.find((pull) => pull.state === "OPEN");
  const answer = open === undefined ? answerTo(parcel, state.pulls) : undefined;
  if (answer !== undefined) return { ...reference(answer.pull), state: "unchanged", error: answer.words };
  const branch = await examineBranch({
    ...job,
    open,
    changes: parcel.changes,
    change: text.change,
    recorded: earlierOf(parcel).flatMap((delivery) => delivery.commit ?? []),
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

const FROZEN = "somebody else committed to its branch: it is left as it is";

function foreignBranch(name: string): Outcome {
  return {
    state: "refused",
    error: `there is a branch ${name} with commits that are not Headgate's: delete or rename it`,
  };
}

/** A second pull request for the same pin would only be in the way of the first. */
async function coveredBy({ parcel, forge, repository, others }: Job): Promise<Outcome | undefined> {
  const open = await others();
  if (isFailure(open)) return undefined; // not to be had: two pull requests are better than none
  let last: Outcome | undefined;
  for (const { component } of parcel.candidates) {
    const covering = await findCoveringPull(forge, repository, open, component.pins);
    if (covering === undefined) return undefined; // the others of a group are worth a pull request without it, too
    last = coveredWords(covering);
  }
  return last;
}

function coveredWords({ pull, pin }: CoveringPull): Outcome {
  const error = `covered by #${pull.number} of ${pull.author.login}, which changes ${pin.path}:${pin.line}`;
  return { state: "refused", url: pull.url, error };
}

/** Writes what differs, and records it before and after. `commit`: the branch holds the change already. */
async function write(job: Job, open: PullRequest | undefined, commit: string | undefined): Promise<Outcome> {
  const { parcel, context } = job;
  const record = async (outcome: Outcome) => {
    for (const made of toDeliveries(parcel, context, outcome)) await context.record(made);
  };
  await record({ ...(open && reference(open)), state: "started" });
  const outcome = await writeAll(job, open, commit);
  const final: Outcome = isFailure(outcome) ? failed(outcome, job, open) : outcome;
  await record(final);
  return final;
}

/** A permission that is lacking is no failure that goes away: people are told what to do instead. */
function failed(failure: Failure, { parcel, context }: Job, open: PullRequest | undefined): Outcome {
  const known = open === undefined ? {} : reference(open);
  if (failure.code === "forbidden" && /workflows?\b.*permission/i.test(failure.message)) {
    const apply = parcel.candidates.map((candidate) => `headgate apply ${candidate.id} --patch`).join(" and ");
    const error = `the credential may not change files under .github/workflows: give it the workflows permission, or apply it: ${apply}`;
    return { ...known, state: "refused", error };
  }
  const retry = isTemporary(failure) ? { retryAt: failure.retryAt ?? context.now } : {};
  return { ...known, state: "failed", error: failure.message, ...retry };
}

async function writeAll(
  job: Job,
  open: PullRequest | undefined,
  present: string | undefined,
): Promise<Outcome | Failure> {
  const { state, parcel, forge, repository, options } = job;
  const { title, body, branch, commitMessage } = parcel.text;
  const commit =
    present ??
    (await forge.commit({
      repository,
      repositoryId: state.repositoryId,
      base: state.base,
      branch,
      existing: state.head,
      shown: open !== undefined,
      changes: parcel.changes,
      message: commitMessage,
    }));
  if (isFailure(commit)) return commit;
  if (open !== undefined) {
    const failure = await forge.update(repository, { id: open.id, title, body });
    if (failure !== undefined) return failure;
    return { ...reference(open), state: "sent", commit, ...missingOf(await finish(job, open.id, commit)) };
  }
  const { draft } = options;
  const names = { repositoryId: state.repositoryId, base: state.base.name, head: branch };
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
async function finish({ parcel, forge, repository, options }: Job, id: string, commit: string): Promise<string[]> {
  const decisions = parcel.items.map((item) => item.proposal.decision);
  const shown = decisions.find(hasWarning) ?? decisions[0];
  const status =
    options.status && shown !== undefined ? await forge.setStatus(repository, commit, statusOf(shown)) : undefined;
  const method = options["auto-merge"];
  const clean = !decisions.some(hasWarning);
  const merging =
    method === "off" || options.draft || !clean ? undefined : await forge.autoMerge(repository, id, commit, method);
  return [
    // a token that may not set statuses is the ordinary case, and doctor says so
    ...(status === undefined || ["forbidden", "not-found"].includes(status.code) ? [] : [`status: ${status.message}`]),
    ...(merging === undefined ? [] : [`auto-merge: ${merging.message}`]),
  ];
}

function hasWarning({ reasons }: Decision): boolean {
  return reasons.some((reason) => ["warn", "hold", "block"].includes(reason.level));
}

function missingOf(missing: readonly string[]): Pick<Outcome, "error"> {
  return missing.length === 0 ? {} : { error: `not everything was given to it: ${missing.join("; ")}` };
}

function isTemporary(failure: Failure): boolean {
  return ["conflict", "rate-limited", "unavailable", "timeout"].includes(failure.code);
}

function reference(pull: PullRequest): { readonly url: string; readonly externalId: string } {
  return { url: pull.url, externalId: pull.id };
}

/** The same outcome under each of the candidates. */
function toDeliveries({ candidates, text }: Parcel, context: DeliverContext, outcome: Outcome): Delivery[] {
  return candidates.map(({ id }) => ({
    subject: { kind: "candidate", id },
    channel: pullRequest.id,
    key: `${pullRequest.id}/${id}/${text.fingerprint}`,
    at: context.now,
    ...outcome,
  }));
}
