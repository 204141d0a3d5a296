import type { CandidateDraft } from "../compare/compare.ts";
import { waitFor } from "../decide/policy.ts";
import { type Instant, plus } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import type { Planned } from "./planned.ts";

/** Compares nothing, asks nothing: plans one draft completely. */
export type PlanDraft = (draft: CandidateDraft) => Promise<Planned>;

/**
 * Where the first step of a component has to wait, is held or is not wanted, the newest older step that may be taken
 * now: what is released every day would else wait for ever, and a held major version would hide its minor ones. A
 * person's word about the first step is left to stand for all of them.
 */
export async function planOlder(
  first: readonly Planned[],
  older: readonly CandidateDraft[],
  policy: Policy,
  plan: PlanDraft,
  now: Instant,
): Promise<Planned[]> {
  const found: Planned[] = [];
  for (const stuck of first.filter(isStuck)) {
    const { key } = stuck.candidate.component;
    for (const draft of older.filter((one) => one.component.key === key && isOldEnough(one, policy, now))) {
      const planned = await plan(draft);
      if (planned.decision.verdict !== "propose") continue;
      found.push(besideNewer(planned, stuck));
      break;
    }
  }
  return found;
}

function isStuck({ decision }: Planned): boolean {
  return decision.verdict !== "propose" && !decision.reasons.some((reason) => reason.rule === "person");
}

/** Only what can be over its wait is looked at: everything else would wait, too. */
function isOldEnough(draft: CandidateDraft, policy: Policy, now: Instant): boolean {
  const { publishedBy, publishedAt, contentFirstSeenAt } = draft.to;
  const proven = publishedBy === "registry" ? publishedAt : undefined;
  const since = proven !== undefined && proven < contentFirstSeenAt ? proven : contentFirstSeenAt;
  return plus(since, waitFor(policy, draft)) <= now;
}

const WORDS = { wait: "waits", hold: "is held", block: "is blocked", skip: "is not wanted", propose: "" } as const;

function besideNewer(planned: Planned, { candidate, decision }: Planned): Planned {
  const until = decision.until === undefined ? "" : ` until ${decision.until.slice(0, 10)}`;
  const summary = `${candidate.to.version} is newer and ${WORDS[decision.verdict]}${until}.`;
  const note = { rule: "newer-version", level: "note", summary } as const;
  return { ...planned, decision: { ...planned.decision, reasons: [...planned.decision.reasons, note] } };
}
