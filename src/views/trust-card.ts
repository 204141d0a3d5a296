import type { TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import { type CheckResult, type Finding, NOT_ASKED, shownDimensions, type TrustScore } from "../domain/trust.ts";
import { upstreamLabel } from "../domain/upstream.ts";
import { type Html, html } from "./html.ts";
import { card, marked, quiet, type Tone, withCode } from "./mail.ts";
import { plainLine } from "./plain.ts";
import { underline, wrap } from "./text.ts";
import { moment, relative } from "./time.ts";
import { OUTCOMES, title, trustPhrase } from "./words.ts";

const FINDING_TONES: Readonly<Record<Finding["outcome"], Tone>> = {
  good: "good",
  bad: "careful",
  unknown: "calm",
  "not-applicable": "calm",
};

/** Everything that is known of an upstream's trust: every heading with its weight, every signal with its source and time. */
export function trustCardHtml({ upstream, score, checks }: TrustCard, now: Instant): Html {
  const dimensions = shownDimensions(score).map(
    (one) => html`<li>${title(one.dimension)}: ${scoreText(one.value)} ${quiet(`weight ${one.weight}%`)}</li>`,
  );
  const findings = (score?.findings ?? []).map((finding) => [
    marked(FINDING_TONES[finding.outcome], title(finding.signal), withCode(finding.reason)),
    quiet(sourceOf(finding, now)),
  ]);
  const results = checks.map((check) =>
    marked(
      check.outcome === "pass" ? "good" : "careful",
      OUTCOMES[check.outcome],
      withCode(`${title(check.check)}: ${check.summary}`),
    ),
  );
  return card([
    html`<strong>${upstreamLabel(upstream)}</strong>: ${trustPhrase(score)}`,
    dimensions.length > 0 && html`<ul>${dimensions}</ul>`,
    ...findings,
    ...results,
  ]);
}

/** The same card for a terminal: headings with bars, signals with their weight among those of their heading, checks. */
export function trustCardText({ upstream, score, checks, weights = {} }: TrustCard, now: Instant): string {
  const dimensions = shownDimensions(score).map(
    (one) =>
      `  ${title(one.dimension).padEnd(16)}${scoreText(one.value).padStart(9)}  ${bar(one.value)}  weight ${one.weight}%`,
  );
  const asked = (score?.findings ?? []).filter(({ reason }) => reason !== NOT_ASKED);
  const findings = asked.flatMap((finding) => [
    wrap(
      `${finding.outcome}, ${title(finding.signal)}${weightOf(weights[finding.signal])}: ${finding.reason}`,
      "    ",
      "  ",
    ),
    wrap(sourceOf(finding, now), "      ", "    "),
  ]);
  const unknown = checks.filter(({ outcome }) => outcome === "not-checked");
  const results = checks.filter(({ outcome }) => outcome !== "not-checked").flatMap(checkText);
  const parts = [
    [underline(`${plainLine(upstreamLabel(upstream))}: ${trustPhrase(score)}`)],
    dimensions,
    findings.length === 0 ? [] : ["Signals:", ...findings],
    notAsked(score),
    results.length === 0 ? [] : ["Checks of this version:", ...results],
    unknown.length === 0 ? [] : ["Not checked of this version, and why:", ...unknown.map(unknownText)],
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

/** Signals that nobody asked for yet, in one sentence: they have nothing else to say. */
function notAsked(score: TrustScore | undefined): string[] {
  const signals = (score?.findings ?? [])
    .filter(({ reason }) => reason === NOT_ASKED)
    .map(({ signal }) => title(signal));
  return signals.length === 0 ? [] : ["Not asked yet:", wrap(`${signals.join(", ")}.`, "  ", "  ")];
}

/** A check with what was observed and what the project's own history lets expect. */
function checkText(check: CheckResult): string[] {
  const compared = check.comparedVersions ?? [];
  const seen = check.outcome === "pass" && compared.length === 0 ? [] : check.evidence.slice(0, 3);
  return [
    wrap(`${OUTCOMES[check.outcome]}, ${nameOf(check)}: ${check.summary}`, "    ", "  "),
    ...seen.flatMap(({ observed, expected }) =>
      observed === undefined || expected === undefined
        ? []
        : [wrap(`observed: ${observed}; history expects: ${expected}`, "      ", "    ")],
    ),
    ...(compared.length === 0 ? [] : [wrap(`compared with ${compared.slice(0, 10).join(", ")}`, "      ", "    ")]),
  ];
}

function unknownText(check: CheckResult): string {
  return wrap(`${nameOf(check)}: ${check.summary}`, "    ", "  ");
}

function nameOf({ check, rule }: CheckResult): string {
  return `${title(check)}${rule === undefined ? "" : ` (${rule})`}`;
}

/** Ten cells; a heading of which nothing is known has none, which is not an empty bar. */
function bar(value: number | undefined): string {
  if (value === undefined) return " ".repeat(10);
  const full = Math.round(Math.min(10, Math.max(0, value)));
  return "█".repeat(full) + "░".repeat(10 - full);
}

function weightOf(weight: number | undefined): string {
  return weight === undefined ? "" : ` (weight ${weight})`;
}

function scoreText(value: number | undefined): string {
  return value === undefined ? "not known" : value.toFixed(1);
}

function sourceOf(finding: Finding, now: Instant): string {
  const sources = [...new Set(finding.evidence.map((evidence) => evidence.source))].slice(0, 3);
  const seen = `${moment(finding.observedAt)}, ${relative(finding.observedAt, now)}`;
  return sources.length === 0 ? seen : `${sources.join(", ")}; ${seen}`;
}
