import type { Decision } from "../../domain/bump.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { CommitRequest } from "../../lib/forge/branch.ts";
import type { PullRequest } from "../../lib/forge/pull-request.ts";
import { plainLine } from "../../views/plain.ts";
import { earlierOf, incomplete, isIncomplete, missingIn } from "../render/answered.ts";
import { statusOf } from "../render/commit-status.ts";
import { type Job, type Outcome, reference, toDeliveries } from "./job.ts";

/** Writes what differs, and records it before and after. `commit`: the branch holds the change already. */
export async function write(job: Job, open: PullRequest | undefined, commit: string | undefined): Promise<Outcome> {
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
  const lacking = context.forge?.lackingIn(failure);
  if (lacking !== undefined) {
    const apply = parcel.candidates.map((candidate) => `headgate apply ${candidate.id} --patch`).join(" and ");
    return { ...known, state: "refused", error: `${lacking}, or apply it: ${apply}` };
  }
  const retry = isTemporary(failure) ? { retryAt: failure.retryAt ?? context.now } : {};
  return { ...known, state: "failed", error: failure.message, ...retry };
}

async function writeAll(
  job: Job,
  open: PullRequest | undefined,
  present: string | undefined,
): Promise<Outcome | Failure> {
  const { state, parcel, forge, repository } = job;
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
      message: signedOff(commitMessage, job),
    }));
  if (isFailure(commit)) return commit;
  if (open === undefined) return openNew(job, commit);
  const base = open.base === state.base.name ? {} : { base: state.base.name }; // the default branch is another one by now
  const failure = await forge.update(repository, { id: open.id, title, body, ...base });
  if (failure !== undefined) return failure;
  const missing = [...(await stillMissing(job, open)), ...(await finish(job, open.id, commit))];
  return { ...reference(open), state: "sent", commit, ...missingOf(missing) };
}

/**
 * What an open pull request lacks since it was opened, or last written: labels that have been made meanwhile are put on it,
 * others are not, lest what people took off comes back.
 */
async function stillMissing(job: Job, open: PullRequest): Promise<string[]> {
  const { state, forge, repository, parcel, options } = job;
  const before = earlierOf(parcel)
    .filter(({ externalId, error }) => externalId === open.id && isIncomplete(error))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
  const said = missingIn(before?.error);
  const lacked =
    said
      .find((one) => one.startsWith(NO_LABELS))
      ?.slice(NO_LABELS.length)
      .split(", ") ?? [];
  const there = options.labels.filter((name) => !state.missingLabels.includes(name));
  const labelIds = state.labelIds.filter((_, index) => lacked.includes(there[index] ?? ""));
  const refused = labelIds.length === 0 ? [] : await forge.decorate(repository, open, { ...NOTHING, labelIds });
  const isSaidAnew = (one: string) => [NO_LABELS, STATUS, AUTO_MERGE].some((beginning) => one.startsWith(beginning));
  return [...missingLabels(state), ...refused, ...said.filter((one) => !isSaidAnew(one))];
}

const NOTHING = { reviewers: [], teamReviewers: [], assignees: [] };
const NO_LABELS = "labels that this repository does not have: ";
const STATUS = "status: ";
const AUTO_MERGE = "auto-merge: ";

async function openNew(job: Job, commit: string): Promise<Outcome | Failure> {
  const { state, parcel, forge, repository, options, context } = job;
  const { title, body, branch } = parcel.text;
  const { draft } = options;
  const names = { repositoryId: state.repositoryId, base: state.base.name, head: branch };
  const made = await forge.open(repository, { ...names, title, body, draft });
  if (isFailure(made)) {
    const isLasting = context.forge?.lackingIn(made) !== undefined;
    if (isLasting) await forge.deleteBranch(repository, branch, commit); // a branch that nothing shows is in everybody's way
    return made;
  }
  const missing = [
    ...missingLabels(state),
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

function missingLabels({ missingLabels: names }: Job["state"]): string[] {
  return names.length === 0 ? [] : [`${NO_LABELS}${names.join(", ")}`];
}

/** The message with the trailer that a project with a certificate of origin asks for; it ends the block of trailers. */
function signedOff({ headline, body }: CommitRequest["message"], { state, options }: Job): CommitRequest["message"] {
  const { signOff } = state;
  const wanted = options["sign-off"] === "always" || signOff?.required === true;
  return signOff === undefined || !wanted
    ? { headline, body }
    : { headline, body: `${body}\nSigned-off-by: ${plainLine(signOff.by, 200)}` };
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
    ...(status === undefined || ["forbidden", "not-found"].includes(status.code) ? [] : [`${STATUS}${status.message}`]),
    ...(merging === undefined ? [] : [`${AUTO_MERGE}${merging.message}`]),
  ];
}

function hasWarning({ reasons }: Decision): boolean {
  return reasons.some((reason) => ["warn", "hold", "block"].includes(reason.level));
}

function missingOf(missing: readonly string[]): Pick<Outcome, "error"> {
  return missing.length === 0 ? {} : { error: incomplete(missing) };
}

function isTemporary(failure: Failure): boolean {
  return ["conflict", "rate-limited", "unavailable", "timeout"].includes(failure.code);
}
