import { decisionsOf, type StoredDecision } from "../../db/decisions/decisions.ts";
import type { Decision } from "../../domain/bump.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import { type EvidenceRecord, evidenceRecords } from "../../domain/evidence-record.ts";
import { type Instant, toInstant } from "../../domain/instant.ts";
import { INSUFFICIENT_COVERAGE } from "../../domain/trust.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { storedCandidate } from "./find-candidate.ts";

/** One decision as it was made: of exactly which content, on which evidence, with which trust in the project. */
export type LedgerEntry = {
  readonly at: Instant;
  readonly decision: Decision;
  /** Commit, digests and file hashes that were judged. */
  readonly content: Readonly<Record<string, string>>;
  readonly records: readonly EvidenceRecord[];
  /** Absent where too little was known for a number. */
  readonly trust?: { readonly value: number; readonly coverage: number };
};

/** Everything that was decided about one candidate, oldest first. */
export type Ledger = {
  readonly candidate: string;
  readonly project: string;
  readonly upstream: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly state: CandidateState;
  readonly entries: readonly LedgerEntry[];
};

/** Reads what was decided about a candidate; with `at`, only what stood then. */
export async function readLedger(
  flow: FlowContext,
  given: { readonly candidate: string; readonly at?: string | undefined },
): Promise<Ledger | Failure> {
  const stored = await storedCandidate(flow, given.candidate);
  if (isFailure(stored)) return stored;
  const moment = given.at === undefined ? flow.clock() : endOf(given.at);
  if (moment === undefined)
    return new Failure("misconfigured", `"${given.at}" is not a date such as 2026-12-01 or 2026-12-01T09:00:00Z.`);
  const all = (await decisionsOf(flow.db, stored.id)).filter((one) => one.at <= moment);
  const { id, project, upstream, from, to, state } = stored;
  const entries = (given.at === undefined ? all : all.slice(-1)).map(toEntry);
  return { candidate: id, project, upstream, from, to, state, entries };
}

/** A day lasts until it ends. */
function endOf(text: string): Instant | undefined {
  return toInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59.999Z` : text);
}

function toEntry({ at, decision, content, checks, score }: StoredDecision): LedgerEntry {
  const enough = score !== undefined && score.coverage >= INSUFFICIENT_COVERAGE;
  return {
    at,
    decision,
    content,
    records: checks.flatMap(evidenceRecords),
    ...(enough && { trust: { value: score.value, coverage: score.coverage } }),
  };
}
