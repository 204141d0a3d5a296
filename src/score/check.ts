import type { Instant } from "../domain/instant.ts";
import type { Release } from "../domain/release.ts";
import type { Advisory, CheckResult } from "../domain/trust.ts";
import type { Failure } from "../lib/failure.ts";
import type { ScoreContext } from "./signal.ts";

/** A question about one release, compared with the same project's earlier ones. `judge` is pure. */
export type Check = {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly appliesTo: (release: Release) => boolean;
  readonly collect?: (release: Release, context: ScoreContext) => Promise<unknown | Failure>;
  /** `history`: the other known releases of the upstream, newest first. `facts`: what `collect` returned. */
  readonly judge: (input: CheckInput, now: Instant) => Omit<CheckResult, "check">;
};

export type CheckInput = {
  readonly release: Release;
  readonly history: readonly Release[];
  readonly facts: unknown | Failure | undefined;
  /** A failure where nobody could be asked: then nothing is known, which is not "none". */
  readonly advisories: readonly Advisory[] | Failure;
};
