import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import type { Advisory, Severity } from "../../domain/trust.ts";
import { Failure } from "../failure.ts";
import { severityOfScore } from "./cvss.ts";

/** What a scanner found. `image`: what it says it looked at, as it writes it. */
export type ScanReport = {
  readonly source: "trivy" | "sarif";
  readonly image?: string;
  readonly advisories: readonly Advisory[];
};

const vulnerability = z.object({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().default("a package"),
  InstalledVersion: z.string().default(""),
  FixedVersion: z.string().default(""),
  Severity: z.string().default("UNKNOWN"),
  Title: z.string().default(""),
  PrimaryURL: z.string().optional(),
  PublishedDate: z.string().optional(),
});

/** Trivy's JSON, schema version 2 (https://trivy.dev/latest/docs/configuration/reporting/#json). */
const trivy = z.object({
  ArtifactName: z.string().optional(),
  Results: z.array(z.object({ Vulnerabilities: z.array(vulnerability).nullish() })).nullish(),
  SchemaVersion: z.number(),
});

/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as scanners of images write it. */
const sarif = z.object({
  version: z.literal("2.1.0"),
  runs: z.array(
    z.object({
      tool: z.object({
        driver: z.object({
          rules: z
            .array(
              z.object({
                id: z.string(),
                shortDescription: z.object({ text: z.string() }).optional(),
                helpUri: z.string().optional(),
                properties: z.object({ "security-severity": z.coerce.number().optional() }).optional(),
              }),
            )
            .default([]),
        }),
      }),
      results: z.array(
        z.object({ ruleId: z.string(), level: z.string().optional(), message: z.object({ text: z.string() }) }),
      ),
    }),
  ),
});

/**
 * Reads a report of either form; a failure says which file it was, what it is instead as far as that can be told, and what
 * is understood. One advisory per id, however many packages have it.
 */
export function readScanReport(text: string, file = "The report"): ScanReport | Failure {
  const raw = parse(text);
  if (raw === undefined) return refusal(file, "is no JSON");
  const asTrivy = trivy.safeParse(raw);
  if (asTrivy.success) return fromTrivy(asTrivy.data);
  const asSarif = sarif.safeParse(raw);
  if (asSarif.success) return { source: "sarif", advisories: fromSarif(asSarif.data) };
  if ("SchemaVersion" in raw || "Results" in raw) return refusal(file, damaged("Trivy's JSON", asTrivy.error));
  if ("runs" in raw) return refusal(file, damaged("SARIF 2.1.0", asSarif.error));
  const [, other] = OTHERS.find(([key]) => key in raw) ?? [];
  return refusal(file, other === undefined ? "is JSON, but no scanner's report" : `is ${other}`);
}

/** Other files of scanners, and of tools beside them, by a word at their top. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["bomFormat", "a CycloneDX document"],
  ["spdxVersion", "an SPDX document"],
  ["matches", "Grype's own JSON"],
  ["vulnerabilities", "another scanner's own JSON"],
];

function damaged(form: string, { issues: [issue] }: z.ZodError): string {
  const place = issue?.path.map(String).join(".") ?? "";
  return `begins as ${form} does, but ${place === "" ? "something" : `"${place}"`} in it is missing or is of another kind`;
}

function refusal(file: string, what: string): Failure {
  return new Failure(
    "misconfigured",
    `${file} ${what}. Understood are Trivy's JSON (trivy image --format json) and SARIF 2.1.0, which most scanners write (grype IMAGE -o sarif).`,
  );
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined; // the caller says so
  }
}

function fromTrivy({ ArtifactName, Results }: z.output<typeof trivy>): ScanReport {
  const found = (Results ?? []).flatMap(({ Vulnerabilities }) => Vulnerabilities ?? []);
  const byId = Map.groupBy(found, (one) => one.VulnerabilityID);
  const advisories = [...byId].map(([id, those]): Advisory => {
    const [first] = those;
    const packages = [...new Set(those.map((one) => `${one.PkgName} ${one.InstalledVersion}`.trim()))];
    const fixes = [
      ...new Set(those.flatMap((one) => (one.FixedVersion === "" ? [] : [`${one.PkgName} ${one.FixedVersion}`]))),
    ];
    const publishedAt = toInstant(first?.PublishedDate);
    return {
      id,
      aliases: [],
      severity: own(WORDS, first?.Severity.toLowerCase() ?? "") ?? "unknown",
      summary: `${some(packages)}: ${first?.Title || id}${fixes.length === 0 ? "" : ` (fixed in ${some(fixes)})`}`,
      fixedIn: [], // versions of packages, not of the image
      ...(first?.PrimaryURL?.startsWith("https://") === true && { url: first.PrimaryURL }),
      ...(publishedAt !== undefined && { publishedAt }),
    };
  });
  return { source: "trivy", advisories, ...(ArtifactName !== undefined && { image: ArtifactName }) };
}

const WORDS: Readonly<Record<string, Severity>> = { critical: "critical", high: "high", medium: "medium", low: "low" };
const LEVELS: Readonly<Record<string, Severity>> = { error: "high", warning: "medium", note: "low" };

function fromSarif({ runs }: z.output<typeof sarif>): Advisory[] {
  const found = new Map<string, Advisory>();
  for (const { tool, results } of runs) {
    const rules = new Map(tool.driver.rules.map((rule) => [rule.id, rule]));
    for (const { ruleId, level, message } of results) {
      const rule = rules.get(ruleId);
      const score = rule?.properties?.["security-severity"];
      const severity = score === undefined ? (own(LEVELS, level ?? "") ?? "unknown") : severityOfScore(score);
      const summary = (rule?.shortDescription?.text ?? message.text).split("\n")[0]?.slice(0, 300) ?? ruleId;
      const url = rule?.helpUri?.startsWith("https://") === true ? { url: rule.helpUri } : {};
      found.set(ruleId, { id: ruleId, aliases: [], severity, summary, fixedIn: [], ...url });
    }
  }
  return [...found.values()];
}

function some(words: readonly string[]): string {
  return words.length > 3 ? `${words.slice(0, 2).join(", ")} and ${words.length - 2} more` : words.join(", ");
}
