import type { DigestEntry } from "../../domain/digest.ts";
import { earliest, type Instant } from "../../domain/instant.ts";

/** What a plan says while versions wait because their upstream was first looked at only recently. */
export type FirstLook = {
  readonly since: Instant;
  /** Candidates that wait from first sight, since nothing proves that they are older. */
  readonly byFirstSight: number;
  /** Candidates of the same look whose age a registry's own clock proves. */
  readonly byRegistry: number;
  readonly summary: string;
};

/** Tells people of a fresh store why everything waits; undefined once nothing waits for that reason any more. Pure. */
export function firstLookOf(entries: readonly DigestEntry[]): FirstLook | undefined {
  const found = entries.filter((entry) => entry.candidate.to.baseline);
  const clockOf = ({ card }: DigestEntry) => card.checks.find((check) => check.clock !== undefined)?.clock;
  const waiting = found.filter(
    (entry) => entry.decision.verdict === "wait" && clockOf(entry)?.kind === "first-seen" && isForAge(entry),
  );
  const since = waiting.reduce<Instant | undefined>(
    (first, { candidate }) => earliest(first, candidate.to.firstSeenAt),
    undefined,
  );
  if (since === undefined) return undefined;
  const byRegistry = found.filter((entry) => clockOf(entry)?.kind === "registry").length;
  const many = waiting.length > 1;
  const proven = byRegistry === 0 ? "" : ` A registry's own clock proves the age of ${byRegistry} more.`;
  const summary = `First look: ${waiting.length} ${many ? "versions were" : "version was"} there already when ${many ? "their upstreams were" : "its upstream was"} first looked at, on ${since.slice(0, 10)}. Dates that a publisher can set prove nothing, so ${many ? "they wait" : "it waits"} from that day on.${proven}`;
  return { since, byFirstSight: waiting.length, byRegistry, summary };
}

function isForAge({ decision }: DigestEntry): boolean {
  return decision.reasons.some(({ rule, level }) => rule === "content-age" && level === "wait");
}
