import type { Candidate, Decision, HumanDecision, Reason, Verdict } from "../domain/bump.ts";
import { type Instant, latest, plus } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import type { Readiness } from "../domain/readiness.ts";
import { type Release, tagOfVersion } from "../domain/release.ts";
import { type Advisory, bandWithoutVouches, type CheckResult, type TrustScore, trustBand } from "../domain/trust.ts";
import { formatDuration } from "../lib/duration.ts";
import { type HumanWord, lastHumanWord, reasonOfWord, reasonsOfInlineWords } from "./human.ts";
import { pinReasons } from "./pin.ts";
import { dueAt, effectOn, isInside, waitFor } from "./policy.ts";
import { readinessReasons, settlingReasons } from "./readiness.ts";

/** Everything that is known of one candidate. */
export type DecisionInput = {
  readonly candidate: Candidate;
  /** The other known releases of the upstream. */
  readonly history: readonly Release[];
  /** Absent: nothing is known of the project. */
  readonly score: TrustScore | undefined;
  readonly checks: readonly CheckResult[];
  /** Known advisories about the target version. */
  readonly advisories: readonly Advisory[];
  readonly humanDecisions: readonly HumanDecision[];
  /** Whether what the pins need of the target is there; absent: nobody looked. */
  readonly readiness?: Readiness | undefined;
};

/** Trust lengthens a wait and never shortens it: no score says that this release is good. */
const LENGTHENING = {
  strong: { factor: 1, because: "" },
  fair: { factor: 1.5, because: "trust in the project is only fair" },
  weak: { factor: 2, because: "trust in the project is weak" },
  insufficient: { factor: 2, because: "too little is known of the project" },
} as const;

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
    ...blocks(input),
    ...reasonOfWord(word),
    ...rules(candidate, policy),
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
    ...checkResults(input.checks),
    ...introduced(input.candidate),
    ...readinessReasons(input.readiness),
    ...clocks(input, policy, now),
    ...notes(input, policy),
  ];
}

/** Content that must not be taken: what the checks block, malware, and versions that were withdrawn. */
function blocks({ candidate, checks, advisories }: DecisionInput): Reason[] {
  const { to } = candidate;
  const fixed = new Set(candidate.fixes.map((advisory) => advisory.id));
  const malware = [...advisories, ...candidate.introduces].filter(({ id }) => id.startsWith("MAL-") && !fixed.has(id));
  const blocked = checks.filter((check) => check.outcome === "block");
  const told = blocked.map((check) => check.summary).join(" ");
  const ids = [...new Set(malware.map((advisory) => advisory.id))].filter((id) => !told.includes(id));
  const withdrawn = to.state === "yanked" || to.state === "deleted";
  const known = blocked.some((check) => check.check === "withdrawn");
  return [
    ...(withdrawn && !known ? [block("withdrawn", `${to.version} was ${to.state} by its upstream.`)] : []),
    ...ids.map((id) => block("malware-advisory", `${to.version} is reported as malware: ${id}.`)),
  ];
}

function block(rule: string, summary: string): Reason {
  return { rule, level: "block", summary };
}

function rules(candidate: Candidate, policy: Policy): Reason[] {
  const { hold, skip, range } = effectOn(policy, candidate);
  const inside = range === undefined || isInside(policy, candidate.component, candidate.to.version, range.text);
  const outside =
    inside === undefined
      ? `The range "${range?.text}" of the policy is not understood for ${candidate.to.version}; correct the rule.`
      : `The policy allows ${range?.text}: ${range?.reason}`;
  return [
    ...(skip === undefined
      ? []
      : [{ rule: "policy-skip", level: "skip" as const, summary: `Skipped by policy: ${skip.reason}` }]),
    ...(hold === undefined
      ? []
      : [{ rule: "policy-hold", level: "hold" as const, summary: `Held by policy: ${hold.reason}` }]),
    ...(inside === true || candidate.step === "pin"
      ? []
      : [{ rule: "policy-range", level: "hold" as const, summary: outside }]),
  ];
}

/** How often in a row a question may fail before people are told. */
const FAILED_OFTEN = 3;

/** Each check that has something to say, what could not be checked, and a hold where two or more of them warn. */
function checkResults(checks: readonly CheckResult[]): Reason[] {
  const reasons = checks.filter(hasSomethingToSay).map(reasonOfCheck);
  const warnings = reasons.filter((reason) => reason.level === "warn");
  // What nobody could look at is told, and is no word against the release: it never makes a hold.
  const unknown = [...checks.flatMap(failedLookups), ...notChecked(checks)];
  if (warnings.length < 2 || isDatesAlone(checks, warnings)) return [...reasons, ...unknown];
  const summary = `${warnings.length} checks warn together: ${warnings.map((reason) => reason.rule).join(", ")}.`;
  return [...reasons, ...unknown, { rule: "several-warnings", level: "hold", summary }];
}

/** Checks that look at dates and numbers alone; nobody has to know anything of a release for them. */
const OF_DATES: readonly string[] = ["dormant-project", "release-burst", "version-jump"];
/** Checks that need to know who made a release, or what is in it. */
const OF_EVIDENCE: readonly string[] = [
  "content-changed",
  "tag-missing",
  "proof-weaker",
  "publisher-changed",
  "unknown-key",
  "off-branch",
  "image-origin",
  "install-code",
  "dependency-added",
  "checksum-mismatch",
  "repository-changed",
];

/** Where every check that looks at evidence could see nothing, dates and numbers alone ask no person: the wait does. */
function isDatesAlone(checks: readonly CheckResult[], warnings: readonly Reason[]): boolean {
  const looked = checks.filter(({ check }) => OF_EVIDENCE.includes(check));
  const blind = looked.length > 0 && looked.every(({ outcome }) => outcome === "not-checked");
  return blind && warnings.every(({ rule }) => OF_DATES.includes(rule));
}

/** A check that passed is silent, unless it compared and found something that people should know. */
function hasSomethingToSay({ outcome, comparedVersions }: CheckResult): boolean {
  return outcome !== "not-checked" && (outcome !== "pass" || comparedVersions !== undefined);
}

function reasonOfCheck({ check, outcome, summary, evidence }: CheckResult): Reason {
  const level = outcome === "pass" || outcome === "not-checked" ? "note" : outcome;
  return { rule: check, level, summary, evidence };
}

/** All of it in one line: a project that gives little to look at would else have more of this than of anything. */
function notChecked(checks: readonly CheckResult[]): Reason[] {
  const unchecked = checks.filter(({ outcome }) => outcome === "not-checked");
  if (unchecked.length === 0) return [];
  const said = unchecked.map(({ check, summary }) => `${check}: ${summary}`);
  return [note("not-checked", `Not checked: ${said.join(" ")}`)];
}

function failedLookups({ check, summary, failedLookups: failed = 0 }: CheckResult): Reason[] {
  if (failed < FAILED_OFTEN) return [];
  return [warn("lookup-failed", `${check} could not be checked ${failed} times in a row: ${summary}`)];
}

/** A version with vulnerabilities that the current one does not have. */
function introduced({ introduces, to }: Candidate): Reason[] {
  return introduces
    .filter((advisory) => !advisory.id.startsWith("MAL-"))
    .map(({ id, severity, summary }) => ({
      rule: "introduces-advisory",
      level: severity === "critical" || severity === "high" ? "hold" : "warn",
      summary: `${to.version} is affected by ${id} (${severity}), the current version is not: ${summary}`,
    }));
}

/** Of the two clocks that may still run, a settle window that ends before the wait does is not worth a word. */
function clocks(input: DecisionInput, policy: Policy, now: Instant): Reason[] {
  const { candidate, checks } = input;
  const age = waits(input, policy, now);
  const settling = settlingReasons(candidate, clockOf(candidate.to, checks).since, policy, now);
  return [...settling.filter(({ until = now }) => age.every((reason) => (reason.until ?? now) < until)), ...age];
}

/** The age of the content against the minimum that policy and trust ask for. Each change of content starts it again. */
function waits({ candidate, score, checks }: DecisionInput, policy: Policy, now: Instant): Reason[] {
  const minimum = waitFor(policy, candidate);
  const { factor, because } = LENGTHENING[bandWithoutVouches(score)];
  const wait = Math.ceil(minimum * factor);
  const clock = clockOf(candidate.to, checks);
  const until = plus(clock.since, wait);
  const started = clock.kind === "registry" ? "published by the registry's clock" : "first seen";
  const age = `This content was ${started} on ${minuteOf(clock.since)}`;
  if (candidate.fixes.length > 0) {
    return [{ rule: "content-age", level: "note", summary: `${age}; a fix of a known advisory does not wait.` }];
  }
  const longer = wait > minimum ? ` (${formatDuration(minimum)}, longer because ${because})` : "";
  if (until <= now) {
    return [
      { rule: "content-age", level: "note", summary: `${age}: the wait of ${formatDuration(wait)}${longer} is over.` },
    ];
  }
  const summary = `${age}; it waits ${formatDuration(wait)}${longer}, until ${minuteOf(until)}.`;
  return [{ rule: "content-age", level: "wait", summary, until }];
}

/** The clock of the age check; without one, first sight of the content: the latest that can be meant. */
function clockOf(to: Release, checks: readonly CheckResult[]): NonNullable<CheckResult["clock"]> {
  const clocks = checks.flatMap((check) => check.clock ?? []);
  return clocks.reduce(
    (one, other) => (other.since > one.since ? other : one),
    clocks[0] ?? {
      kind: "first-seen",
      since: to.contentFirstSeenAt,
    },
  );
}

/** What a person should know beside the verdict. */
function notes({ candidate, history, score, advisories }: DecisionInput, policy: Policy): Reason[] {
  const { from, to, step, fixes, introduces } = candidate;
  const spoken = new Set([...fixes, ...introduces].map((advisory) => advisory.id));
  const remaining = advisories.filter(({ id }) => !spoken.has(id) && !id.startsWith("MAL-")).map(({ id }) => id);
  const template = candidate.component.pins[0]?.tagTemplate;
  const tags = from.map((version) => tagOfVersion(version, template));
  const withdrawn = history.filter(
    ({ state, tag }) => tags.includes(tag) && (state === "yanked" || state === "deleted"),
  );
  return [
    ...fixes.map((advisory) => note("security-fix", fixSummary(advisory, to, policy))),
    ...withdrawn.map(({ tag, state }) => note("current-withdrawn", `The current version ${tag} was ${state}.`)),
    ...(remaining.length > 0
      ? [note("known-advisories", `${to.version} is still affected by ${remaining.join(", ")}.`)]
      : []),
    ...(from.length > 1
      ? [note("drift", `The places differ today: ${from.join(", ")}. All move to ${to.version}.`)]
      : []),
    ...(step === "major"
      ? [warn("major-step", `A major step from ${from.join(", ")} to ${to.version}: read the notes.`)]
      : []),
    ...(trustBand(score) === "insufficient"
      ? [warn("insufficient-data", "Too little is known of the project to score it: look at it yourself.")]
      : []),
  ];
}

function fixSummary(advisory: Advisory, to: Release, policy: Policy): string {
  const due = dueAt(policy, advisory);
  const by = due === undefined ? "" : `, due by ${minuteOf(due)}`;
  return `${to.version} fixes ${advisory.id} (${urgencyOf(advisory)})${by}: ${advisory.summary}`;
}

/** `high, exploited, 94% likely within a month`. */
function urgencyOf({ severity, exploited, exploitProbability: chance }: Advisory): string {
  const likely = chance === undefined ? [] : [`${Math.round(100 * chance)}% likely to be exploited within a month`];
  return [severity, ...(exploited === true ? ["known to be exploited"] : []), ...likely].join(", ");
}

function note(rule: string, summary: string): Reason {
  return { rule, level: "note", summary };
}

function warn(rule: string, summary: string): Reason {
  return { rule, level: "warn", summary };
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

function minuteOf(instant: Instant): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
