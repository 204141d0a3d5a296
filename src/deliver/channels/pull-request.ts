import type { Delivery } from "../../domain/bump.ts";
import type { Project } from "../../domain/project.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { examineBranch } from "../../lib/forge/own-branch.ts";
import type { PullRequest } from "../../lib/forge/pull-request.ts";
import type { Batch, Channel, DeliverContext } from "../channel.ts";
import { CHANNEL, type Job, type Outcome, reference, toDeliveries } from "../pull-request/job.ts";
import { OPTIONS, withWish } from "../pull-request/options.ts";
import { urgency, waitsForPlace } from "../pull-request/places.ts";
import { coveredBy, refusalOf } from "../pull-request/refusals.ts";
import { write } from "../pull-request/write.ts";
import { answerTo, earlierOf, isAbout, isIncomplete, knownPullRequest } from "../render/answered.ts";
import { bodyStyle } from "../render/body-style.ts";
import { type Parcel, toParcels } from "../render/parcel.ts";
import { readMarker } from "../render/pull-request.ts";

/** One pull request per component, on a branch of the watched repository, superseded in place. */
export const pullRequest: Channel = {
  id: CHANNEL,
  title: "Pull requests",
  accepts: "proposals",
  options: OPTIONS,
  deliver: deliverProposals,
  probe: async ({ forges }) => {
    const lacking = forges.find(({ forge }) => forge === undefined);
    if (lacking !== undefined) return new Failure("misconfigured", lacking.noCredential);
    return `on: ${forges.map(({ title, forge }) => forge?.title ?? title).join(", ")}`;
  },
};

/** Known pull requests first, then fixes of advisories, then as given: whoever waits for a place is the least urgent. */
async function deliverProposals(batch: Batch, context: DeliverContext): Promise<(Delivery | Failure)[]> {
  if (batch.kind !== "proposals") return [];
  const options = OPTIONS.parse(context.options ?? {});
  const others = onceOnly(async () => {
    const { source } = batch.project;
    const forge = context.forge?.forge;
    if (source.kind === "path" || forge === undefined) return [];
    return forge.listOpen({ owner: source.owner, name: source.name });
  });
  const results = new Map<Parcel, readonly Delivery[] | Failure>();
  const parcels = toParcels(batch.proposals, bodyStyle(context));
  const { open } = batch;
  for (const parcel of parcels.toSorted((a, b) => urgency(b, open) - urgency(a, open))) {
    const waits = waitsForPlace(parcel, open, results, options["open-limit"]);
    results.set(
      parcel,
      waits !== undefined && !(await isShown(parcel, others))
        ? toDeliveries(parcel, context, waits)
        : await deliverOne(batch.project, parcel, context, { options: withWish(options, parcel), others, waits }),
    );
  }
  return batch.proposals.flatMap((item) => {
    const parcel = parcels.find((one) => one.items.includes(item));
    const result = parcel === undefined ? undefined : results.get(parcel);
    if (result === undefined || isFailure(result)) return result ?? [];
    return result.find((one) => one.subject.id === item.proposal.candidate.id) ?? [];
  });
}

/** Whether the forge shows a pull request of this branch, though the store does not know it: it may have its place already. */
async function isShown({ text }: Parcel, others: Job["others"]): Promise<boolean> {
  const open = await others();
  return !isFailure(open) && open.some((pull) => pull.headBranch === text.branch);
}

function onceOnly<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let asked: Promise<Result> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

async function deliverOne(
  project: Project,
  parcel: Parcel,
  context: DeliverContext,
  rest: Pick<Job, "options" | "others" | "waits">,
): Promise<readonly Delivery[] | Failure> {
  const { source } = project;
  const refusal = refusalOf(parcel, source.kind === "path" ? undefined : context.forge);
  const forge = context.forge?.forge;
  if (refusal !== undefined || source.kind === "path" || forge === undefined)
    return toDeliveries(parcel, context, { state: "refused", error: refusal ?? "there is no forge" });
  const { owner, name } = source;
  const repository = { owner, name };
  const state = await forge.readWriteState(repository, {
    base: project.branch,
    head: parcel.text.branch,
    labels: rest.options.labels,
    pullRequestId: knownPullRequest(parcel),
  });
  if (isFailure(state)) return state;
  const outcome = await carryOut({ parcel, forge, repository, context, state, ...rest });
  return isFailure(outcome) ? outcome : toDeliveries(parcel, context, outcome);
}

async function carryOut(job: Job): Promise<Outcome | Failure> {
  const { state, parcel } = job;
  const { text } = parcel;
  if (state.archived) return { state: "refused", error: "the repository is archived: nothing can be written to it" };
  const open = state.pulls.find((pull) => pull.state === "OPEN");
  if (open === undefined && job.waits !== undefined) return job.waits;
  const answer = open === undefined ? answerTo(parcel, state.pulls.filter(isOfBase(state.base.name))) : undefined;
  if (answer !== undefined) return { ...reference(answer.pull), state: "unchanged", error: answer.words };
  const branch = await examineBranch({
    ...job,
    open,
    changes: parcel.changes,
    change: text.change,
    recorded: earlierOf(parcel).flatMap((delivery) => delivery.commit ?? []),
  });
  if (isFailure(branch)) return branch;
  if (branch === "foreign") return open === undefined ? foreignBranch(text.branch) : frozen(open, parcel);
  if (open === undefined) {
    const covered = await coveredBy(job);
    if (covered !== undefined) return covered;
  }
  const isSame = branch === "same" && open?.base === state.base.name;
  if (isSame && readMarker(open.body)?.fingerprint === text.fingerprint)
    return { ...reference(open), state: "unchanged", commit: open.headOid, ...stillLacking(parcel) };
  const isMoved = open !== undefined && open.base !== state.base.name; // a commit on the old base would bring that along
  return write(job, open, branch === "same" && !isMoved ? state.head?.oid : undefined);
}

/** What was merged into another branch is not in this one. */
function isOfBase(base: string): (pull: PullRequest) => boolean {
  return (pull) => pull.state !== "MERGED" || pull.base === base;
}

/** What people committed to is theirs: it carries what it carried, and what is newer comes after it. */
function frozen(open: PullRequest, parcel: Parcel): Outcome {
  if (isAbout(open, parcel)) return { ...reference(open), state: "unchanged", error: FROZEN };
  const words = `waits for #${open.number}, which is left as it is since somebody else committed to its branch: merge or close it, and this one follows`;
  return { state: "refused", error: words };
}

/** What was refused when it was written is lacking until it is written again. */
function stillLacking(parcel: Parcel): Pick<Outcome, "error"> {
  const written = earlierOf(parcel).findLast(({ key }) => key.endsWith(`/${parcel.text.fingerprint}`));
  return written?.error !== undefined && isIncomplete(written.error) ? { error: written.error } : {};
}

const FROZEN = "somebody else committed to its branch: it is left as it is";

function foreignBranch(name: string): Outcome {
  return {
    state: "refused",
    error: `there is a branch ${name} with commits that are not Headgate's: delete or rename it`,
  };
}
