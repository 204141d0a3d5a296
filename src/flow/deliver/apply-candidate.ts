import { candidatesOf } from "../../db/decisions/candidates.ts";
import { latestDecisions } from "../../db/decisions/decisions.ts";
import { ANYWHERE } from "../../deliver/render/body-style.ts";
import { toParcels } from "../../deliver/render/parcel.ts";
import type { PullRequestText } from "../../deliver/render/pull-request.ts";
import type { Decision, Proposal } from "../../domain/bump.ts";
import { type CandidateState, OPEN_STATES } from "../../domain/candidate-state.ts";
import { type Pin, whyByHand } from "../../domain/pin.ts";
import type { Project, ProjectSource } from "../../domain/project.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { findCandidate } from "../decide/find-candidate.ts";
import { freshProjectFiles, type ProjectFiles } from "../discover/project-files.ts";
import { lockStepName, lockSteps } from "../plan/lock-step.ts";
import type { Planned } from "../plan/planned.ts";
import { buildProposal, withMovedPlaces } from "./build-proposal.ts";

/** A change as plain data, for whoever writes it into a checkout or prints it as a patch. */
export type BuiltChange = {
  readonly id: string;
  readonly project: string;
  readonly source: ProjectSource;
  readonly upstream: string;
  readonly from: readonly string[];
  readonly version: string;
  readonly decision: Decision;
  readonly files: readonly ChangedFile[];
  /** What its commit says. */
  readonly message: PullRequestText["commitMessage"];
  readonly byHand: readonly {
    readonly path: string;
    readonly line: number;
    readonly text: string;
    readonly why: string;
  }[];
};

/** A file before and after. `before`: git's id of `was`; `mode` is git's. */
type ChangedFile = {
  readonly path: string;
  readonly mode: string;
  readonly before: string;
  readonly was: string;
  readonly text: string;
};

/**
 * Builds the change of a candidate exactly as its pull request would have it, from the project's files as they are now.
 * Writes no file. Only what is proposed is built, unless forced; a failure says what stands in the way and what to do.
 */
export async function buildChange(
  flow: FlowContext,
  given: { readonly candidate: string; readonly force?: boolean | undefined },
  filesOf: (flow: FlowContext, project: Project) => ProjectFiles = freshProjectFiles,
): Promise<BuiltChange | Failure> {
  const found = await findCandidate(flow, given.candidate);
  if (isFailure(found)) return found;
  const { stored, project } = found;
  const { candidate, card } = stored.snapshot;
  const decision = (await latestDecisions(flow.db, [stored.id])).get(stored.id)?.decision;
  if (decision === undefined)
    return new Failure("misconfigured", `${stored.id} was never decided. \`headgate plan\` decides it.`);
  if (given.force !== true) {
    if (OVER.includes(stored.state)) return over(stored.id, stored.state);
    if (decision.verdict !== "propose") return notProposed(stored.id, decision);
  }
  const current = filesOf(flow, project);
  const read = await current.files;
  if (isFailure(read)) return read;
  const planned = { project, candidate, decision, card };
  const together = await movesWith(flow, planned);
  const proposal = await buildProposal(flow, [planned, ...together], read, current.discover);
  if (isFailure(proposal)) return withAdvice(proposal);
  const texts = new Map(read.map((file) => [file.path, file.text]));
  return {
    id: stored.id,
    project: project.id,
    source: project.source,
    upstream: stored.upstream,
    from: candidate.from,
    version: stored.to,
    decision,
    files: proposal.changes.map((change) => ({ ...change, was: texts.get(change.path) ?? "" })),
    message: messageOf(proposal, [planned, ...together]),
    byHand: proposal.byHand.map((pin) => toHand(pin, candidate.to.version)),
  };
}

/** What the commit of its pull request says. */
function messageOf(proposal: Proposal, set: readonly Planned[]): BuiltChange["message"] {
  const group = set.length > 1 ? { group: lockStepName(set) } : {};
  const items = set.map(({ candidate, decision, card }) => {
    const own = withMovedPlaces({ ...proposal, candidate, decision });
    return { proposal: own, card, earlier: [], ...group };
  });
  const [parcel] = toParcels(items, ANYWHERE);
  return parcel?.text.commitMessage ?? { headline: "", body: "" };
}

/** Other proposed candidates that the same edits move. */
async function movesWith(flow: FlowContext, planned: Planned): Promise<readonly Planned[]> {
  const { project, candidate } = planned;
  const open = (await candidatesOf(flow.db, project.id, OPEN_STATES)).filter(({ id }) => id !== candidate.id);
  const decisions = await latestDecisions(
    flow.db,
    open.map(({ id }) => id),
  );
  const others = open.flatMap(({ id, snapshot }): Planned[] => {
    const decision = decisions.get(id)?.decision;
    return decision?.verdict === "propose" ? [{ project, ...snapshot, decision }] : [];
  });
  const set = lockSteps([planned, ...others]).find((members) => members.includes(planned)) ?? [];
  return set.filter((one) => one !== planned);
}

/** Ends of a candidate's way: what was decided before them does not speak any more. */
const OVER: readonly CandidateState[] = ["superseded", "merged", "closed", "withdrawn"];

function over(id: string, state: CandidateState): Failure {
  return new Failure(
    "refused",
    `${id} is ${state}: it is not what comes next. \`headgate plan\` lists what does; --force applies it all the same.`,
  );
}

const WHY_NOT = { block: "blocked", hold: "held", wait: "waiting", skip: "skipped", propose: "proposed" } as const;

function notProposed(id: string, { verdict, reasons, until }: Decision): Failure {
  const reason = reasons[0]?.summary ?? "";
  const next = {
    hold: `\`headgate approve ${id} --reason "why"\` lifts the hold`,
    wait: `it is decided again by \`headgate plan\`${until === undefined ? "" : ` after ${until.slice(0, 10)}`}`,
    skip: `\`headgate reopen ${id} --reason "why"\` takes that back`,
    block: "wait for another version",
    propose: "",
  }[verdict];
  const said = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  return new Failure("refused", `${id} is ${WHY_NOT[verdict]}. ${said} What you can do: ${next}; or add --force.`);
}

/** The rewriter refuses when the files are no longer what was planned from. */
function withAdvice(failure: Failure): Failure {
  if (failure.code !== "refused") return failure;
  const advice = "If the files changed since, `headgate plan` plans it again; else change it by hand.";
  return new Failure("refused", `The change cannot be made: ${failure.message} ${advice}`, { cause: failure });
}

function toHand(pin: Pin, version: string): BuiltChange["byHand"][number] {
  const { path, line, text } = pin;
  return { path, line, text, why: whyByHand(pin, version) };
}
