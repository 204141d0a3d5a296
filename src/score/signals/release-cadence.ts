import { z } from "zod";
import { between, DAY, type Instant } from "../../domain/instant.ts";
import { formatDuration } from "../../lib/duration.ts";
import { isFailure } from "../../lib/failure.ts";
import { askRepository, claimNote, defineSignal, evidenceOf } from "../signal.ts";

const NEEDED = 4;

/** Whether releases still come in the project's own rhythm: time since the newest against the median gap. */
export const releaseCadence = defineSignal({
  id: "release-cadence",
  title: "Release rhythm",
  why: "A project that falls silent against its own habit may have lost its maintainers. A small finished tool may be silent too.",
  dimension: "activity",
  weight: 1,
  expiry: DAY,
  schema: z.object({ repository: z.string(), claimed: z.boolean(), releaseDates: z.array(z.string()) }),
  appliesTo: () => true,
  collect: async (purl, context) => {
    const asked = await askRepository(purl, context);
    if (isFailure(asked)) return asked;
    const { nameWithOwner, releaseDates } = asked.repository;
    return {
      facts: { repository: nameWithOwner, claimed: asked.claimed, releaseDates },
      source: asked.url,
      at: context.now,
    };
  },
  judge: (collected, now) => {
    const { repository, claimed, releaseDates } = collected.facts;
    const dates = releaseDates
      .filter((date) => !Number.isNaN(Date.parse(date)))
      .sort()
      .reverse();
    const [newest] = dates;
    const note = claimNote(claimed, repository);
    if (newest === undefined || dates.length < NEEDED) {
      const reason = `Only ${dates.length} of the ${NEEDED} releases that a rhythm needs are known${note}.`;
      return { outcome: "unknown", points: 0, reason, evidence: [] };
    }
    const gap = Math.max(DAY, median(gaps(dates)));
    const silence = Math.max(0, between(newest, now));
    const points = pointsFor(silence / gap);
    const reason = `The newest release is ${formatDuration(silence)} old; half of the gaps between releases are shorter than ${formatDuration(gap)}${note}.`;
    const evidence = [evidenceOf(collected, "newest-release", newest, `every ${formatDuration(gap)}`)];
    return { outcome: points >= 0.5 ? "good" : "bad", points, reason, evidence };
  },
});

function pointsFor(ratio: number): number {
  if (ratio <= 2) return 1;
  if (ratio <= 4) return 0.7;
  return ratio <= 8 ? 0.4 : 0.2;
}

function gaps(newestFirst: readonly Instant[]): number[] {
  return newestFirst.slice(1).map((date, index) => between(date, newestFirst[index] ?? date));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
