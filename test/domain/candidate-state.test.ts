import { describe, expect, it } from "vitest";
import {
  type CandidateState,
  ENDS,
  moveOf,
  stateAfter,
  staysAt,
  TRANSITIONS,
} from "../../src/domain/candidate-state.ts";

const STATES = Object.keys(TRANSITIONS) as CandidateState[];
const VERDICTS = ["block", "hold", "wait", "propose", "skip"] as const;

/** Where something outside of planning takes a candidate, wherever it stands: deliveries, pull requests, people. */
const HAPPENS = ["proposed", "merged", "closed", "withdrawn", "seen"] as const;

describe("the states of a candidate", () => {
  it.each(STATES.flatMap((state) => VERDICTS.map((verdict) => [state, verdict] as const)))(
    "know the move that planning makes from %s on %s",
    (state, verdict) => {
      const after = stateAfter(state, verdict);
      if (after !== state) expect(moveOf(state, after)).toBeDefined();
    },
  );

  it.each(ENDS)("keep %s whatever planning says", (state) => {
    for (const verdict of VERDICTS) expect(stateAfter(state, verdict)).toBe(state);
  });

  it.each(STATES.filter((state) => state !== "merged"))(
    "know that a pull request may be merged while its candidate is %s",
    (state) => {
      expect(moveOf(state, "merged")).toBeDefined();
    },
  );

  it.each(STATES.flatMap((state) => HAPPENS.map((to) => [state, to] as const)))(
    "know what it means for one that is %s to become %s",
    (state, to) => {
      expect(moveOf(state, to) !== undefined || staysAt(state, to)).toBe(true);
      expect(moveOf(state, to) !== undefined && staysAt(state, to)).toBe(false);
    },
  );

  it("lead each state to an end, and no state back to itself", () => {
    for (const state of STATES) {
      expect(TRANSITIONS[state].map((one) => one.to)).not.toContain(state);
      expect(new Set(TRANSITIONS[state].map((one) => one.to)).size).toBe(TRANSITIONS[state].length);
      expect(reachable(state)).toContain("merged");
    }
  });
});

function reachable(from: CandidateState): Set<CandidateState> {
  const seen = new Set([from]);
  for (const state of seen) for (const { to } of TRANSITIONS[state]) seen.add(to);
  return seen;
}
