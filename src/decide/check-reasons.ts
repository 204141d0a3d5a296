import type { Reason } from "../domain/bump.ts";
import type { Release } from "../domain/release.ts";
import type { CheckResult } from "../domain/trust.ts";
import { note, warn } from "./reason.ts";

/** How often in a row a question may fail before people are told. */
const FAILED_OFTEN = 3;

/** Each check that has something to say, what could not be checked, and a hold where two or more of them warn. */
export function checkReasons(checks: readonly CheckResult[], to: Release): Reason[] {
  const said = checks.filter(hasSomethingToSay).map(reasonOfCheck);
  if (isAsFound(to)) return [...said.map(toldOnly), ...checks.flatMap(failedLookups), ...notChecked(checks)];
  return [...said, ...heldTogether(checks, said)];
}

function heldTogether(checks: readonly CheckResult[], reasons: readonly Reason[]): Reason[] {
  const warnings = reasons.filter((reason) => reason.level === "warn");
  // What nobody could look at is told, and is no word against the release: it never makes a hold.
  const unknown = [...checks.flatMap(failedLookups), ...notChecked(checks)];
  if (warnings.length < 2 || isDatesAlone(checks, warnings)) return unknown;
  const summary = `${warnings.length} checks warn together: ${warnings.map((reason) => reason.rule).join(", ")}.`;
  return [...unknown, { rule: "several-warnings", level: "hold", summary }];
}

/** It was there at the first look at its upstream, and is what it was then: nobody here has learned yet what is usual. */
function isAsFound({ baseline, contentFirstSeenAt, firstSeenAt }: Release): boolean {
  return baseline && contentFirstSeenAt <= firstSeenAt;
}

/** Of a first look no check asks a person anything: it warns, and the wait does the rest. A block stays one. */
function toldOnly(reason: Reason): Reason {
  if (reason.level !== "hold") return reason;
  const { until: _, ...rest } = reason;
  return { ...rest, level: "warn", summary: `${reason.summary} It was there at the first look: told, not held.` };
}

/** Where every check that looks at evidence could see nothing, dates and numbers alone ask no person: the wait does. */
function isDatesAlone(checks: readonly CheckResult[], warnings: readonly Reason[]): boolean {
  const looked = checks.filter(({ basis }) => basis === "evidence");
  const blind = looked.length > 0 && looked.every(({ outcome }) => outcome === "not-checked");
  const ofDates = new Set(checks.filter(({ basis }) => basis === "dates").map(({ check }) => check));
  return blind && warnings.every(({ rule }) => ofDates.has(rule));
}

/** A check that passed is silent, unless it compared and found something that people should know. */
function hasSomethingToSay({ outcome, comparedVersions }: CheckResult): boolean {
  return outcome !== "not-checked" && (outcome !== "pass" || comparedVersions !== undefined);
}

function reasonOfCheck({ check, outcome, summary, evidence, until }: CheckResult): Reason {
  const level = outcome === "pass" || outcome === "not-checked" ? "note" : outcome;
  return { rule: check, level, summary, evidence, ...(until !== undefined && { until }) };
}

/** All of it in one line: a project that gives little to look at would else have more of this than of anything. */
function notChecked(checks: readonly CheckResult[]): Reason[] {
  const unchecked = checks.filter(({ outcome }) => outcome === "not-checked");
  if (unchecked.length === 0) return [];
  const said = unchecked.map(({ check, summary }) => `${check.replaceAll("-", " ")} (${summary.replace(/\.$/, "")})`);
  return [note("not-checked", `Not checked: ${said.join("; ")}.`)];
}

function failedLookups({ check, summary, failedLookups: failed = 0 }: CheckResult): Reason[] {
  if (failed < FAILED_OFTEN) return [];
  // how often beyond that is no news: the ledger would have another line with each question
  return [warn("lookup-failed", `${check} could not be checked ${FAILED_OFTEN} times in a row or more: ${summary}`)];
}
