import { dueAt } from "../../decide/policy.ts";
import type { Candidate } from "../../domain/bump.ts";
import type { DigestEntry, DueAdvisory } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Advisory } from "../../domain/trust.ts";

/**
 * Known advisories about what is pinned, each once per project and upstream, with the date by which the policy wants
 * an answer. Overdue first, then by date. Time runs from when both the advisory and a version without it are known.
 */
export function dueAdvisories(
  entries: readonly DigestEntry[],
  responseTimes: Policy["responseTimes"],
  now: Instant,
): DueAdvisory[] {
  const due = entries.flatMap((entry) =>
    entry.candidate.fixes.map((advisory) => toDue(entry, advisory, responseTimes, now)),
  );
  const once = new Map<string, DueAdvisory>();
  for (const one of due) {
    const key = `${one.project} ${one.upstream} ${one.advisory.id}`;
    const known = once.get(key);
    if (known === undefined || rank(one) < rank(known)) once.set(key, one);
  }
  return [...once.values()].sort(byDate);
}

/** By when the advisories that a candidate fixes are to be answered, by their ids. `since`: when the candidate was first seen. */
export function dueDatesOf(
  { fixes }: Pick<Candidate, "fixes">,
  since: Instant,
  responseTimes: Policy["responseTimes"],
): Record<string, Instant> {
  return Object.fromEntries(
    fixes.flatMap((advisory) => {
      const due = dueDate(advisory, since, responseTimes);
      return due === undefined ? [] : [[advisory.id, due]];
    }),
  );
}

/** By the same clock as alerts: from first sight of the advisory here, else from when it and a fix were both known. */
function dueDate(advisory: Advisory, since: Instant, responseTimes: Policy["responseTimes"]): Instant | undefined {
  return dueAt({ responseTimes }, { ...advisory, firstSeenAt: knownSince(advisory, since) });
}

function knownSince({ firstSeenAt, publishedAt }: Advisory, since: Instant): Instant {
  return firstSeenAt ?? latest(since, publishedAt);
}

function toDue(
  { project, candidate, decision, since, url }: DigestEntry,
  advisory: Advisory,
  responseTimes: Policy["responseTimes"],
  now: Instant,
): DueAdvisory {
  const known = knownSince(advisory, since ?? now);
  const due = dueDate(advisory, known, responseTimes);
  const { id, to, component } = candidate;
  return {
    project,
    upstream: component.upstream,
    advisory,
    since: known,
    overdue: due !== undefined && due <= now,
    places: component.pins.map(({ path, line }) => ({ path, line })),
    fix: { candidate: id, version: to.version, verdict: decision.verdict, ...(url !== undefined && { url }) },
    ...(due !== undefined && { dueAt: due }),
  };
}

/** The remedy that is furthest on its way is the one that is shown. */
function rank({ fix }: DueAdvisory): number {
  return ["propose", "wait", "hold", "block", "skip"].indexOf(fix?.verdict ?? "skip");
}

function byDate(a: DueAdvisory, b: DueAdvisory): number {
  const [first, second] = [a.dueAt ?? "9999", b.dueAt ?? "9999"];
  if (first !== second) return first < second ? -1 : 1;
  return a.advisory.id < b.advisory.id ? -1 : 1;
}

function latest(one: Instant, other: Instant | undefined): Instant {
  return other === undefined || one > other ? one : other;
}
