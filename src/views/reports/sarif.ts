import { createHash } from "node:crypto";
import type { ReportedProject, ReportMaterial } from "../../domain/report.ts";
import { plainLine } from "../plain.ts";
import type { Report } from "../report.ts";
import { type SarifFinding, sarifFindings } from "../sarif-findings.ts";
import { SARIF_RULES, type SarifRule } from "../sarif-rules.ts";

/**
 * Findings at places, for code scanning: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), in
 * the form and within the limits that GitHub takes
 * (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning).
 */
export const sarif: Report = {
  id: "sarif",
  title: "Findings for code scanning (SARIF 2.1.0)",
  why: "Unpinned, drifting, vulnerable, out of support, moved and unsigned, at their lines, with fingerprints that stay.",
  mediaType: "application/sarif+json",
  fileName: "headgate.sarif",
  asksAdvisories: false,
  write: (material) => {
    const runs = material.projects.slice(0, MOST_RUNS).map((project) => toRun(project, material));
    return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs }, null, 2)}\n`;
  },
};

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** What GitHub takes of one file and one run; of the locations of a result it shows a hundred. */
const MOST_RUNS = 20;
const MOST_RESULTS = 25_000;
const MOST_LOCATIONS = 100;
const MOST_NOTIFICATIONS = 100;

const LEVELS = ["error", "warning", "note"] as const;

function toRun(project: ReportedProject, { at, version, origin }: ReportMaterial) {
  const { id, repository, commit, branch, notChecked } = project;
  const findings = sarifFindings(project).toSorted(worstFirst);
  const ordinals = new Map<string, number>();
  const results = findings.slice(0, MOST_RESULTS).map((finding) => toResult(finding, id, ordinals));
  const left = findings.length - results.length;
  const notes = [
    ...(origin === "checkout"
      ? ["Only files were read: nothing was asked about upstreams, advisories and trust."]
      : []),
    ...(left > 0 ? [`${left} findings are left out: code scanning takes ${MOST_RESULTS}.`] : []),
    ...notChecked.map(({ subject, reason }) => `Not checked: ${subject}: ${reason}`),
  ];
  return {
    tool: { driver: { name: "Headgate", semanticVersion: version, rules: SARIF_RULES.map(toRule) } },
    automationDetails: { id: `headgate/${id}/` },
    ...(repository !== undefined && {
      versionControlProvenance: [
        {
          repositoryUri: repository,
          ...(commit !== undefined && { revisionId: commit }),
          ...(branch !== undefined && { branch }),
        },
      ],
    }),
    invocations: [
      {
        executionSuccessful: true,
        endTimeUtc: at,
        toolExecutionNotifications: notes
          .slice(0, MOST_NOTIFICATIONS)
          .map((note) => ({ level: "note", message: { text: literal(note) } })),
      },
    ],
    columnKind: "utf16CodeUnits",
    results,
  };
}

function toRule({ id, name, level, short, full, help, security, tags }: SarifRule) {
  return {
    id: `headgate/${id}`,
    name,
    shortDescription: { text: short },
    fullDescription: { text: full },
    help: { text: help, markdown: help },
    defaultConfiguration: { level },
    properties: {
      tags,
      precision: "very-high",
      "problem.severity": level === "note" ? "recommendation" : level,
      ...(security !== undefined && { "security-severity": security.toFixed(1) }),
    },
  };
}

function toResult(finding: SarifFinding, project: string, ordinals: Map<string, number>) {
  const { rule, message, places, upstream } = finding;
  const [first, ...others] = places.slice(0, MOST_LOCATIONS).map(toLocation);
  const fingerprint = fingerprintOf(finding, project);
  const ordinal = (ordinals.get(fingerprint) ?? 0) + 1;
  ordinals.set(fingerprint, ordinal);
  return {
    ruleId: `headgate/${rule}`,
    ruleIndex: SARIF_RULES.findIndex(({ id }) => id === rule),
    level: levelOf(finding),
    message: { text: literal(message) },
    locations: first === undefined ? [] : [first],
    ...(others.length > 0 && { relatedLocations: others.map((location, index) => ({ id: index + 1, ...location })) }),
    // GitHub knows a finding again by the first of these alone; it has the form `<hash>:<count>`.
    partialFingerprints: {
      primaryLocationLineHash: `${fingerprint}:${ordinal}`,
      "headgate/v1": `${fingerprint}:${ordinal}`,
    },
    properties: { upstream },
  };
}

function toLocation({ path, line, name }: SarifFinding["places"][number]) {
  return {
    physicalLocation: {
      artifactLocation: {
        uri: path.toWellFormed().split("/").map(encodeURIComponent).join("/"),
        uriBaseId: "%SRCROOT%",
      },
      region: { startLine: Math.max(line, 1) },
    },
    ...(name !== undefined && name !== "" && { logicalLocations: [{ name: plainLine(name, 200) }] }),
  };
}

/** Of what, in which file, under which name: no line number, so that it stays when lines above it come and go. */
function fingerprintOf({ rule, upstream, places, detail }: SarifFinding, project: string): string {
  const [first] = places;
  const parts = [project, rule, upstream, detail, first?.path ?? "", first?.name ?? ""];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

function levelOf({ rule, level }: SarifFinding): (typeof LEVELS)[number] {
  return level ?? SARIF_RULES.find(({ id }) => id === rule)?.level ?? "warning";
}

function worstFirst(a: SarifFinding, b: SarifFinding): number {
  const [first, second] = [a.places[0], b.places[0]];
  const rank = LEVELS.indexOf(levelOf(a)) - LEVELS.indexOf(levelOf(b));
  if (rank !== 0) return rank;
  if (first?.path !== second?.path) return (first?.path ?? "") < (second?.path ?? "") ? -1 : 1;
  return (first?.line ?? 0) - (second?.line ?? 0) || (a.upstream < b.upstream ? -1 : 1);
}

/** A message in which brackets are no link and braces no placeholder (SARIF 2.1.0, sections 3.11.5 and 3.11.6). */
function literal(text: string): string {
  return plainLine(text, 1_000)
    .replace(/[\\[\]]/g, "\\$&")
    .replaceAll("{", "(")
    .replaceAll("}", ")");
}
