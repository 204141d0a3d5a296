import type { Decision } from "../../domain/bump.ts";
import type { EvidenceRecord } from "../../domain/evidence-record.ts";
import { between, DAY, type Instant } from "../../domain/instant.ts";
import { contentMoves } from "../../domain/integrity/content-history.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import type { RecordedRelease } from "./replay-release.ts";
import type { WrittenIncident } from "./written-incident.ts";

/** What Headgate says at one moment, with the records of every check that did not simply pass. */
export type ReplayMoment = {
  readonly at: Instant;
  readonly decision: Decision;
  readonly records: readonly EvidenceRecord[];
};

/**
 * What came of one candidate. `hold`: kept back by a hold or a block; `wait`: only by waiting; `missed`: proposed before
 * it was public. Where nothing was ever made public: `proposed`, or `hold` when a person would have been asked.
 */
export type ReplayOutcome = "hold" | "wait" | "missed" | "proposed";

/** One candidate's way: what was said of it, when, and what that came to. Instants in ISO 8601. */
export type ReplayedCandidate = {
  readonly name: string;
  readonly upstream: string;
  readonly candidate: string;
  readonly seenAt: Instant;
  readonly badFrom?: Instant;
  readonly publicAt?: Instant;
  readonly outcome: ReplayOutcome;
  /** The verdict that stood when it became public, or at the end. */
  readonly verdict: Decision["verdict"];
  /** Rules that held or blocked it while it was not public. */
  readonly rules: readonly string[];
  readonly proposedAt?: Instant;
  /** Days from publication to the proposal. */
  readonly delayDays?: number;
  readonly timeline: readonly ReplayMoment[];
};

/** What the time line of a candidate comes to: of an incident only what was said before it was public counts. */
export function outcomeOf(
  { name, publicAt, upstream }: WrittenIncident,
  own: RecordedRelease,
  badFrom: Instant,
  timeline: readonly ReplayMoment[],
): Omit<ReplayedCandidate, "timeline"> {
  const bad = timeline.filter(({ at }) => isBad(own, badFrom, at) && (publicAt === undefined || at < publicAt));
  const last = bad.at(-1) ?? timeline.at(-1);
  const verdict = last?.decision.verdict ?? "wait";
  const proposed = (publicAt === undefined ? timeline : bad).find(({ decision }) => decision.verdict === "propose");
  const kept = verdict === "hold" || verdict === "block" ? "hold" : "wait";
  const outcome = proposed === undefined ? kept : publicAt === undefined ? "proposed" : "missed";
  const strict = (publicAt === undefined ? timeline : bad).flatMap(({ decision }) => decision.reasons);
  const release = last === undefined ? undefined : own.at(last.at);
  const from = release?.publishedAt ?? own.bornAt;
  return {
    name: name ?? `${upstreamLabel(plainPurl(upstream))} ${own.version}`,
    upstream: plainPurl(upstream),
    candidate: own.version,
    seenAt: own.bornAt,
    ...(badFrom !== own.bornAt && { badFrom }),
    ...(publicAt !== undefined && { publicAt }),
    outcome,
    verdict,
    rules: [...new Set(strict.filter(({ level }) => level === "hold" || level === "block").map(({ rule }) => rule))],
    ...(proposed !== undefined && { proposedAt: proposed.at, delayDays: between(from, proposed.at) / DAY }),
  };
}

/** Content that was replaced and put back is what it should be again, until it is replaced once more. */
function isBad(own: RecordedRelease, badFrom: Instant, at: Instant): boolean {
  const release = own.at(at);
  if (at < badFrom || release === undefined || badFrom === own.bornAt) return at >= badFrom;
  const { away, back } = contentMoves(release);
  return away.length > 0 || back.length === 0;
}

/** A package URL without its version: `pkg:npm/%40scope/name@1.0` is `pkg:npm/%40scope/name`. */
export function plainPurl(purl: string): string {
  return purl.replace(/@(?=[^/]*$)[^?]*/, "");
}
