import type { Alert, Delivery, Verdict } from "../../domain/bump.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import type { CheckResult, Finding, Severity } from "../../domain/trust.ts";
import { type Html, html } from "../html.ts";
import { OUTCOMES } from "../words.ts";
import { mark, type Shape, type Tone } from "./mark.ts";

/** A state in a word, a shape and a colour. */
export type Badge = { readonly word: string; readonly tone: Tone; readonly shape: Shape };

/** A small word with its shape. */
export function badge({ word, tone, shape }: Badge): Html {
  return html`<span class="badge ${tone}">${mark(shape)}${word}</span>`;
}

/** What was decided. */
export const VERDICTS: Readonly<Record<Verdict, Badge>> = {
  block: { word: "blocked", tone: "urgent", shape: "cross" },
  hold: { word: "held", tone: "careful", shape: "bar" },
  wait: { word: "waiting", tone: "calm", shape: "ring" },
  propose: { word: "proposed", tone: "info", shape: "arrow" },
  skip: { word: "skipped", tone: "calm", shape: "dash" },
};

/** Where a candidate is on its way. */
export const STATES: Readonly<Record<CandidateState, Badge>> = {
  seen: { word: "ready", tone: "info", shape: "dot" },
  waiting: VERDICTS.wait,
  held: VERDICTS.hold,
  blocked: VERDICTS.block,
  proposed: VERDICTS.propose,
  merged: { word: "merged", tone: "good", shape: "tick" },
  closed: { word: "closed", tone: "calm", shape: "square" },
  superseded: { word: "superseded", tone: "calm", shape: "square" },
  withdrawn: { word: "withdrawn", tone: "careful", shape: "cross" },
  skipped: VERDICTS.skip,
};

/** How bad something is. */
export const SEVERITIES: Readonly<Record<Severity, Badge>> = {
  critical: { word: "critical", tone: "urgent", shape: "triangle" },
  high: { word: "high", tone: "urgent", shape: "triangle" },
  medium: { word: "medium", tone: "careful", shape: "diamond" },
  low: { word: "low", tone: "calm", shape: "dot" },
  unknown: { word: "not rated", tone: "calm", shape: "ring" },
};

/** Where an alert stands. */
export const ALERT_STATES: Readonly<Record<Alert["state"], Badge>> = {
  open: { word: "open", tone: "urgent", shape: "triangle" },
  acknowledged: { word: "acknowledged", tone: "careful", shape: "diamond" },
  resolved: { word: "resolved", tone: "good", shape: "tick" },
};

/** What became of a delivery. */
export const DELIVERY_STATES: Readonly<Record<Delivery["state"], Badge>> = {
  started: { word: "started", tone: "info", shape: "ring" },
  sent: { word: "sent", tone: "good", shape: "tick" },
  unchanged: { word: "nothing to change", tone: "calm", shape: "dash" },
  failed: { word: "failed", tone: "urgent", shape: "cross" },
  refused: { word: "refused", tone: "careful", shape: "bar" },
};

/** Where a delivery stands. What was not begun because something has to come first is no refusal to worry about. */
export function deliveryState(state: Delivery["state"], error: unknown): Badge {
  const waits = state === "refused" && typeof error === "string" && error.startsWith("waits for ");
  return waits ? { word: "waits", tone: "calm", shape: "ring" } : DELIVERY_STATES[state];
}

/** What a release check came to. */
export const CHECK_OUTCOMES: Readonly<Record<CheckResult["outcome"], Badge>> = {
  pass: { word: OUTCOMES.pass, tone: "good", shape: "tick" },
  warn: { word: OUTCOMES.warn, tone: "careful", shape: "diamond" },
  hold: { word: OUTCOMES.hold, tone: "careful", shape: "bar" },
  block: { word: OUTCOMES.block, tone: "urgent", shape: "cross" },
  "not-checked": { word: OUTCOMES["not-checked"], tone: "calm", shape: "ring" },
};

/** What a trust signal found. */
export const FINDINGS: Readonly<Record<Finding["outcome"], Badge>> = {
  good: { word: "good", tone: "good", shape: "tick" },
  bad: { word: "bad", tone: "careful", shape: "diamond" },
  unknown: { word: "not known", tone: "calm", shape: "ring" },
  "not-applicable": { word: "does not apply", tone: "calm", shape: "dash" },
};
