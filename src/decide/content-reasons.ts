import type { Candidate, Reason } from "../domain/bump.ts";
import type { DecisionInput } from "./decision-input.ts";

/** Content that must not be taken: what the checks block, malware, and versions that were withdrawn. */
export function contentBlocks({ candidate, checks, advisories }: DecisionInput): Reason[] {
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

/** A version with vulnerabilities that the current one does not have. */
export function introducedAdvisories({ introduces, to }: Candidate): Reason[] {
  return introduces
    .filter((advisory) => !advisory.id.startsWith("MAL-"))
    .map(({ id, severity, summary }) => ({
      rule: "introduces-advisory",
      level: severity === "critical" || severity === "high" ? "hold" : "warn",
      summary: `${to.version} is affected by ${id} (${severity}), the current version is not: ${summary}`,
    }));
}
