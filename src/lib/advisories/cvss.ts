import type { Severity } from "../../domain/trust.ts";

type Weights = Readonly<Record<string, number>>;

/** Metric weights of CVSS 3.1, section 7.4 (https://www.first.org/cvss/v3.1/specification-document). */
const IMPACT: Weights = { H: 0.56, L: 0.22, N: 0 };
const VECTOR: Weights = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const COMPLEXITY: Weights = { L: 0.77, H: 0.44 };
const INTERACTION: Weights = { N: 0.85, R: 0.62 };
const PRIVILEGES: Readonly<Record<"U" | "C", Weights>> = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
};

/** The base score of a CVSS 3.0 or 3.1 vector, 0 to 10; undefined for other versions and incomplete vectors. */
export function cvssBaseScore(vector: string): number | undefined {
  if (!/^CVSS:3\.[01]\/[A-Z:/]{1,200}$/.test(vector)) return undefined;
  const metrics = new Map(vector.split("/").map((part) => part.split(":", 2) as [string, string]));
  const scope = metrics.get("S");
  if (scope !== "U" && scope !== "C") return undefined;
  const weigh = (name: string, weights: Weights) => weights[metrics.get(name) ?? ""] ?? Number.NaN;
  const impactBase = 1 - (1 - weigh("C", IMPACT)) * (1 - weigh("I", IMPACT)) * (1 - weigh("A", IMPACT));
  const exploitability =
    8.22 * weigh("AV", VECTOR) * weigh("AC", COMPLEXITY) * weigh("PR", PRIVILEGES[scope]) * weigh("UI", INTERACTION);
  const impact = scope === "U" ? 6.42 * impactBase : 7.52 * (impactBase - 0.029) - 3.25 * (impactBase - 0.02) ** 15;
  const score = scope === "U" ? impact + exploitability : 1.08 * (impact + exploitability);
  if (Number.isNaN(score)) return undefined;
  return impact <= 0 ? 0 : roundUp(Math.min(score, 10));
}

/** The qualitative rating of a base score (section 5). Zero is rated low here: an advisory exists. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  return score >= 4 ? "medium" : "low";
}

/** Rounds up to one decimal without the noise of binary fractions (appendix A). */
function roundUp(score: number): number {
  const scaled = Math.round(score * 100_000);
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10;
}
