import type { Decision } from "../../domain/bump.ts";
import type { CommitStatus } from "../../lib/forge/pull-request.ts";
import { plainLine } from "../../views/plain.ts";

/** GitHub's limit (https://docs.github.com/en/rest/commits/statuses). */
const LONGEST = 140;

const STATES = {
  propose: "success",
  wait: "pending",
  hold: "pending",
  skip: "failure",
  block: "failure",
} as const satisfies Record<Decision["verdict"], CommitStatus["state"]>;

const WORDS = {
  propose: "proposed",
  wait: "waits",
  hold: "held",
  skip: "not wanted",
  block: "blocked",
} as const satisfies Record<Decision["verdict"], string>;

/** A decision as the `headgate` status of a commit: one that holds or waits keeps a required status from passing. */
export function statusOf({ verdict, reasons }: Decision): CommitStatus {
  const worst = reasons.find((reason) => ["block", "skip", "hold", "wait", "warn"].includes(reason.level));
  const description = worst === undefined ? WORDS[verdict] : `${WORDS[verdict]}: ${worst.summary}`;
  return { state: STATES[verdict], description: plainLine(description, LONGEST) };
}
