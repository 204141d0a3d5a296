import type { Candidate, HumanDecision } from "../domain/bump.ts";
import type { Readiness } from "../domain/readiness.ts";
import type { Release } from "../domain/release.ts";
import type { Advisory, CheckResult, TrustScore } from "../domain/trust.ts";

/** Everything that is known of one candidate. */
export type DecisionInput = {
  readonly candidate: Candidate;
  /** The other known releases of the upstream. */
  readonly history: readonly Pick<Release, "tag" | "state">[];
  /** Absent: nothing is known of the project. */
  readonly score: TrustScore | undefined;
  readonly checks: readonly CheckResult[];
  /** Known advisories about the target version. */
  readonly advisories: readonly Advisory[];
  readonly humanDecisions: readonly HumanDecision[];
  /** Whether what the pins need of the target is there; absent: nobody looked. */
  readonly readiness?: Readiness | undefined;
};
