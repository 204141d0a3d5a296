import type { Candidate, Decision } from "../../domain/bump.ts";
import type { TrustCard, UncheckedEntry } from "../../domain/digest.ts";
import type { Component } from "../../domain/pin.ts";
import type { Project } from "../../domain/project.ts";

/** One candidate with everything that was found out about it, and the decision. */
export type Planned = {
  readonly project: Project;
  readonly candidate: Candidate;
  readonly decision: Decision;
  readonly card: TrustCard;
};

/** What planning a project gave: its components, its decided candidates, and what could not be looked at. */
export type ProjectPlan = {
  readonly project: Project;
  readonly components: readonly Component[];
  readonly planned: readonly Planned[];
  readonly unchecked: readonly UncheckedEntry[];
  /** Keys of components with places whose versions have no known order. */
  readonly unordered: readonly string[];
};
