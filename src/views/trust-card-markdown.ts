import type { TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import { shownDimensions } from "../domain/trust.ts";
import { upstreamLabel } from "../domain/upstream.ts";
import { plainLine } from "./plain.ts";
import { moment } from "./time.ts";
import { OUTCOMES, title, trustPhrase } from "./words.ts";

/** The trust card as Markdown, for an issue or a review: the same rows as in a terminal. */
export function trustCardMarkdown({ upstream, score, checks, weights = {} }: TrustCard, now: Instant): string {
  const dimensions = shownDimensions(score).map(({ dimension, value, weight }) => [
    title(dimension),
    value === undefined ? "not known" : value.toFixed(1),
    `${weight}%`,
  ]);
  const findings = (score?.findings ?? []).map((one) => [
    title(one.signal),
    one.outcome,
    one.reason,
    one.evidence[0]?.source ?? "",
    moment(one.observedAt),
    String(weights[one.signal] ?? ""),
  ]);
  const results = checks.map(({ check, rule = "", outcome, summary, evidence }) => [
    `${title(check)} ${rule}`.trim(),
    OUTCOMES[outcome],
    summary,
    evidence[0]?.observed ?? "",
    evidence[0]?.expected ?? "",
  ]);
  const parts = [
    [`## ${cell(upstreamLabel(upstream))}: ${trustPhrase(score)}`],
    table(["Heading", "Score", "Weight"], dimensions),
    table(["Signal", "Finding", "Reason", "Source", "Seen", "Weight"], findings),
    table(["Check", "Result", "Summary", "Observed", "History expects"], results),
    [`As of ${moment(now)}.`],
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(heading), `|${heading.map(() => "---").join("|")}|`, ...rows.map(line)];
}

/** One line of text as itself: nothing in it is Markdown, HTML or a mention (https://spec.commonmark.org/0.31.2/#backslash-escapes). */
function cell(text: string): string {
  return plainLine(text, 500)
    .replace(/[\\`*_{}[\]()#+!|~-]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@(?=\w)/g, "@\u200b");
}
