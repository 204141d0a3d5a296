import type { Instant } from "./instant.ts";
import type { CheckResult } from "./trust.ts";

/**
 * One word for or against a release as it is kept and handed out: which rule, what was observed, what the project's
 * own history lets expect, against which versions, from where. Names are spelled as other programs read them.
 */
export type EvidenceRecord = {
  readonly rule: string;
  readonly check: string;
  readonly level: CheckResult["outcome"];
  readonly summary: string;
  readonly observed: string | null;
  readonly expected_from_history: string | null;
  readonly compared_versions: readonly string[];
  readonly source: {
    readonly kind: string;
    readonly locator: string;
    readonly fetched_at: Instant;
    readonly etag: string | null;
    readonly status: number | null;
  } | null;
  readonly first_seen_at: Instant | null;
  readonly base_rate: string | null;
};

/** A check's result as records: one per piece of evidence, at least one. */
export function evidenceRecords(result: CheckResult): EvidenceRecord[] {
  const { check, rule, outcome, summary, evidence, comparedVersions, firstSeenAt, baseRate } = result;
  const common = { rule: rule ?? check, check, level: outcome, summary };
  const rest = {
    compared_versions: comparedVersions ?? [],
    first_seen_at: firstSeenAt ?? null,
    base_rate: baseRate ?? null,
  };
  if (evidence.length === 0) {
    return [{ ...common, observed: null, expected_from_history: null, source: null, ...rest }];
  }
  return evidence.map((one) => ({
    ...common,
    observed: one.observed ?? null,
    expected_from_history: one.expected ?? null,
    source: {
      kind: one.kind,
      locator: one.source,
      fetched_at: one.observedAt,
      etag: one.etag ?? null,
      status: one.status ?? null,
    },
    ...rest,
  }));
}
