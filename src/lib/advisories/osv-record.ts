import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import type { Advisory, Severity } from "../../domain/trust.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { cvssBaseScore, severityOfScore } from "./cvss.ts";

/** More rows than any list of a real record has. */
const MOST_ROWS = 5_000;
const LONGEST = 2_000;

/** Keeps the rows that have the shape and drops the others, and what is beyond the first thousands. */
function looseArray<Row>(row: z.ZodType<Row>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((rows) => rows.slice(0, MOST_ROWS).flatMap((one) => row.safeParse(one).data ?? []));
}

/** The beginning of a text: records are remembered by the thousand. */
const text = z
  .string()
  .transform((whole) => whole.slice(0, LONGEST))
  .optional()
  .catch(undefined);

const event = z.object({ fixed: z.string().max(200).optional() });
const range = z.object({ type: z.string(), events: looseArray(event).optional() });
const affected = z.object({
  package: z.object({ name: z.string().optional(), purl: z.string().optional() }).optional().catch(undefined),
  ranges: looseArray(range).optional(),
});

/** An advisory as OSV writes it (https://ossf.github.io/osv-schema/). Only the id is needed; the rest is best effort. */
export const osvRecord = z.object({
  id: z.string().min(1),
  summary: text,
  details: text,
  aliases: looseArray(z.string().max(200)).optional(),
  published: z.string().optional().catch(undefined),
  withdrawn: z.string().nullish().catch(undefined),
  severity: looseArray(z.object({ type: z.string(), score: z.string() })).optional(),
  affected: looseArray(affected).optional(),
  references: looseArray(z.object({ type: z.string(), url: z.string() })).optional(),
  database_specific: z.looseObject({ severity: z.unknown() }).optional().catch(undefined),
});
/** As much of an OSV record as is read. */
export type OsvRecord = z.infer<typeof osvRecord>;

const WORDS: Readonly<Record<string, Severity>> = {
  critical: "critical",
  high: "high",
  important: "high",
  moderate: "medium",
  medium: "medium",
  low: "low",
};
const RANK: readonly Severity[] = ["critical", "high", "medium", "low", "unknown"];
const LONGEST_SUMMARY = 300;

/** Puts a record into our own terms, with the fixed versions of the package that was asked about. */
export function toAdvisory(record: OsvRecord, purl: string): Advisory {
  const publishedAt = toInstant(record.published);
  const url = record.references?.find(({ type, url: link }) => type === "ADVISORY" && /^https:\/\//.test(link))?.url;
  return {
    id: record.id,
    aliases: record.aliases ?? [],
    severity: severityOf(record),
    summary: summaryOf(record),
    fixedIn: fixedVersions(record, purl),
    url: url ?? `https://osv.dev/vulnerability/${encodeURIComponent(record.id)}`,
    ...publishedIn(record),
    ...(publishedAt !== undefined && { publishedAt }),
  };
}

/** GitHub shows an advisory below the repository whose maintainers wrote it. */
function publishedIn({ references = [] }: OsvRecord): Pick<Advisory, "publishedIn"> {
  const [own] = references.flatMap(
    ({ url }) => /^https:\/\/(github\.com\/[\w.-]+\/[\w.-]+)\/security\/advisories\/GHSA-/i.exec(url)?.[1] ?? [],
  );
  return own === undefined ? {} : { publishedIn: own.toLowerCase() };
}

/** One advisory per vulnerability: records that share an id or alias are merged. Malware reports stand for themselves. */
export function mergeAdvisories(advisories: readonly Advisory[]): Advisory[] {
  const merged: Advisory[] = [];
  for (const advisory of [...advisories].sort(byUse)) {
    const names = new Set([advisory.id, ...advisory.aliases]);
    const index = merged.findIndex((one) => [one.id, ...one.aliases].some((name) => names.has(name)));
    const known = merged[index];
    if (known === undefined) merged.push(advisory);
    else merged[index] = merge(known, advisory);
  }
  return merged;
}

function merge(one: Advisory, other: Advisory): Advisory {
  const aliases = new Set([...one.aliases, other.id, ...other.aliases]);
  aliases.delete(one.id);
  return {
    ...one,
    aliases: [...aliases],
    severity: RANK.find((severity) => severity === one.severity || severity === other.severity) ?? "unknown",
    fixedIn: [...new Set([...one.fixedIn, ...other.fixedIn])],
  };
}

/** Malware first, then GitHub's records, which carry a severity; the others by id. */
function byUse(a: Advisory, b: Advisory): number {
  const rank = (id: string) => (id.startsWith("MAL-") ? 0 : id.startsWith("GHSA-") ? 1 : 2);
  return rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : 1);
}

function severityOf(record: OsvRecord): Severity {
  if (record.id.startsWith("MAL-")) return "critical";
  const word = record.database_specific?.severity;
  const named = typeof word === "string" ? own(WORDS, word.toLowerCase()) : undefined;
  if (named !== undefined) return named;
  const scores = (record.severity ?? [])
    .map(({ score }) => cvssBaseScore(score))
    .filter((score) => score !== undefined);
  return scores.length === 0 ? "unknown" : severityOfScore(Math.max(...scores));
}

function summaryOf({ id, summary, details }: OsvRecord): string {
  const text = (summary ?? details?.split("\n", 1)[0] ?? "").trim();
  if (text === "") return id;
  return text.length > LONGEST_SUMMARY ? `${text.slice(0, LONGEST_SUMMARY)}…` : text;
}

/** Fixed versions from ranges of versions; ranges of commits name no version. */
function fixedVersions(record: OsvRecord, purl: string): string[] {
  const name = parsePurl(purl)?.name.toLowerCase() ?? "";
  const all = record.affected ?? [];
  const own = all.filter((one) => one.package?.purl === purl || one.package?.name?.toLowerCase().endsWith(name));
  const ranges = (own.length > 0 ? own : all).flatMap((one) => one.ranges ?? []).filter(({ type }) => type !== "GIT");
  return [...new Set(ranges.flatMap(({ events }) => (events ?? []).flatMap(({ fixed }) => fixed ?? [])))];
}
