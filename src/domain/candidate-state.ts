import type { Verdict } from "./bump.ts";

/** Where a candidate is on its way. */
export type CandidateState =
  | "seen"
  | "waiting"
  | "held"
  | "blocked"
  | "proposed"
  | "merged"
  | "closed"
  | "superseded"
  | "withdrawn"
  | "skipped";

/** Why a candidate moves, in words that events and the documentation share. */
export type Transition = { readonly to: CandidateState; readonly when: string };

const DECIDED: readonly Transition[] = [
  { to: "waiting", when: "its content is too young" },
  { to: "held", when: "evidence, a rule or a person holds it" },
  { to: "blocked", when: "its version is bad" },
  { to: "skipped", when: "a rule or a person does not want it" },
];
const SUPERSEDED: Transition = { to: "superseded", when: "another version is the next step" };
const PROPOSED: Transition = { to: "proposed", when: "its pull request is open" };
const SEEN: Transition = { to: "seen", when: "nothing stands in its way" };
/** A pull request stays open while its candidate is held, waits or is not wanted: people may end it all the same. */
const ENDED: readonly Transition[] = [
  { to: "merged", when: "its pull request is merged all the same" },
  { to: "closed", when: "a person closes its pull request" },
];
/** Whatever was thought of it: a group goes on without the member that turned bad, too. */
const WITHDRAWN: Transition = { to: "withdrawn", when: "its version turns bad: no pull request carries it any more" };
const REOPENED: Transition = { to: "seen", when: "a person reopens it" };
const TAKEN_BACK: Transition = { to: "skipped", when: "somebody takes it back in the base branch" };

/** Every move there is. What is not here does not happen: `moveOf` knows none. */
export const TRANSITIONS: Readonly<Record<CandidateState, readonly Transition[]>> = {
  seen: [...DECIDED, PROPOSED, ...ENDED, SUPERSEDED, WITHDRAWN],
  waiting: [...others("waiting"), SEEN, PROPOSED, ...ENDED, SUPERSEDED, WITHDRAWN],
  held: [...others("held"), SEEN, PROPOSED, ...ENDED, SUPERSEDED, WITHDRAWN],
  blocked: [...others("blocked"), SEEN, PROPOSED, ...ENDED, SUPERSEDED, WITHDRAWN],
  skipped: [...others("skipped"), SEEN, PROPOSED, ...ENDED, SUPERSEDED, WITHDRAWN],
  proposed: [
    ...DECIDED,
    { to: "merged", when: "its pull request is merged" },
    { to: "closed", when: "a person closes its pull request" },
    WITHDRAWN,
    SUPERSEDED,
  ],
  superseded: [...DECIDED, SEEN, PROPOSED, ...ENDED, WITHDRAWN],
  closed: [REOPENED, PROPOSED, { to: "merged", when: "its pull request is opened again and merged" }],
  withdrawn: [REOPENED, PROPOSED, ...ENDED],
  merged: [REOPENED, PROPOSED, TAKEN_BACK],
};

/**
 * What may happen to a candidate and moves it nowhere: it stood in two pull requests (its own, and one of a group), or two
 * people said the same at once.
 */
const STAYS: Readonly<Partial<Record<CandidateState, readonly CandidateState[]>>> = {
  proposed: ["seen"], // reopened, and proposed again before the second one was heard
  closed: ["withdrawn"], // nothing was open any more
  merged: ["closed", "withdrawn"], // it is in the base, whatever becomes of the other pull request
};

/** True where a move that there is not is no defect: the candidate stays where it is. */
export function staysAt(from: CandidateState, to: CandidateState): boolean {
  return from === to || STAYS[from]?.includes(to) === true;
}

/** Ends of a candidate's way that planning alone does not undo. */
export const ENDS: readonly CandidateState[] = ["merged", "closed", "withdrawn"];

/** States in which a candidate is still on its way. */
export const OPEN_STATES: readonly CandidateState[] = ["seen", "waiting", "held", "blocked", "proposed"];

/** The move between two states; undefined where there is none. */
export function moveOf(from: CandidateState, to: CandidateState): Transition | undefined {
  return TRANSITIONS[from].find((one) => one.to === to);
}

const STATES: Readonly<Record<Verdict, CandidateState>> = {
  block: "blocked",
  hold: "held",
  wait: "waiting",
  propose: "seen",
  skip: "skipped",
};

/** Where a verdict leaves a candidate. What is proposed stays so while it is still wanted; an end stays an end. */
export function stateAfter(before: CandidateState | undefined, verdict: Verdict): CandidateState {
  if (before !== undefined && ENDS.includes(before)) return before;
  return verdict === "propose" && before === "proposed" ? before : STATES[verdict];
}

function others(state: CandidateState): readonly Transition[] {
  return DECIDED.filter((one) => one.to !== state);
}
