import type { Decision, Reason, Verdict } from "../domain/bump.ts";
import { type Instant, latest } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import { checkReasons } from "./check-reasons.ts";
import { contentBlocks, introducedAdvisories } from "./content-reasons.ts";
import type { DecisionInput } from "./decision-input.ts";
import { type HumanWord, lastHumanWord, reasonOfWord, reasonsOfInlineWords } from "./human.ts";
import { noteReasons } from "./note-reasons.ts";
import { pinReasons } from "./pin-reasons.ts";
import { readinessReasons } from "./readiness-reasons.ts";
import { ruleReasons } from "./rule-reasons.ts";
import { waitReasons } from "./wait-reasons.ts";

/** From the strictest verdict; the first level that a reason has is the verdict. */
const ORDER: readonly Exclude<Verdict, "propose">[] = ["block", "skip", "hold", "wait"];

/**
 * Decides what happens with a candidate. Pure: the same facts, policy and moment give the same decision. All reasons
 * are collected, then the strictest counts: block, skip, hold, wait, else propose. A fix for a known advisory skips the
 * wait and nothing else. A person's approval lifts holds, never a block or a wait. What is unknown neither holds nor
 * shortens anything.
 */
export function decide(input: DecisionInput, policy: Policy, now: Instant): Decision {
  const word = lastHumanWord(input.candidate, input.humanDecisions, policy, now);
  const approved = word?.decision.action === "approve" && !word.stale;
  const { candidate } = input;
  const collected = [
    ...contentBlocks(input),
    ...reasonOfWord(word),
    ...ruleReasons(candidate, policy),
    ...reasonsOfInlineWords(candidate, policy),
    ...(candidate.step === "pin" ? pinReasons(input, policy, now) : moveReasons(input, policy, now)),
  ];
  const lifted = approved && collected.some((reason) => reason.level === "hold");
  const reasons = approved ? collected.map(liftHold) : collected;
  const verdict = ORDER.find((level) => reasons.some((reason) => reason.level === level)) ?? "propose";
  const until = endOf(reasons.filter((reason) => reason.level === verdict));
  return {
    verdict,
    ...(until !== undefined && { until }),
    reasons: inOrder(reasons),
    by: decider(word, verdict, lifted),
  };
}

/** What speaks about content that is not in use yet. */
function moveReasons(input: DecisionInput, policy: Policy, now: Instant): Reason[] {
  return [
    ...checkReasons(input.checks, input.candidate.to),
    ...introducedAdvisories(input.candidate),
    ...readinessReasons(input.readiness),
    ...waitReasons(input, policy, now),
    ...noteReasons(input, policy),
  ];
}

/** An approved hold is still told, as a warning. */
function liftHold(reason: Reason): Reason {
  return reason.level === "hold" ? { ...reason, level: "warn" } : reason;
}

/** A verdict ends by itself when all of its reasons do. */
function endOf(reasons: readonly Reason[]): Instant | undefined {
  if (reasons.some((reason) => reason.until === undefined)) return undefined;
  return reasons.reduce<Instant | undefined>((end, reason) => latest(end, reason.until), undefined);
}

/** Rules that are read first and last among reasons of one level: what it fixes, and what nobody could look at. */
const FIRST: readonly string[] = ["security-fix", "content-age"];
const LAST: readonly string[] = ["not-checked"];

function inOrder(reasons: readonly Reason[]): Reason[] {
  const rank = ["block", "skip", "hold", "wait", "warn", "note"];
  const among = (rule: string) => {
    const first = FIRST.indexOf(rule);
    return first >= 0 ? first : LAST.includes(rule) ? FIRST.length + 1 : FIRST.length;
  };
  return [...reasons].sort((a, b) => rank.indexOf(a.level) - rank.indexOf(b.level) || among(a.rule) - among(b.rule));
}

function decider(word: HumanWord | undefined, verdict: Verdict, lifted: boolean): Decision["by"] {
  const action = word?.decision.action;
  const decides = action === verdict || (lifted && (verdict === "propose" || verdict === "wait"));
  return word !== undefined && decides ? { person: word.decision.by } : "policy";
}
