import { z } from "zod";
import { between, DAY } from "../../domain/instant.ts";
import { formatDuration } from "../../lib/config/duration.ts";
import { isFailure } from "../../lib/failure.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { claimNote, evidenceOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const NEEDED = 4;
const LOOKED_AT = 30;

/** No repository that can be asked: then the times at which its images were pushed are all that tells of a rhythm. */
const LASTING: readonly string[] = ["not-found", "gone", "not-checked"];

/** Whether releases still come in the project's own rhythm: time since the newest against the median gap. */
export const releaseCadence = defineSignal({
  id: "release-cadence",
  number: "P2",
  title: "Release rhythm",
  why: "A project that falls silent against its own habit may have lost its maintainers. A small finished tool may be silent too.",
  dimension: "activity",
  weight: 1,
  source:
    "the registry's own times where it has them, else GitHub, one query per repository; of images GitHub first, then when tags were pushed",
  points:
    "time since the newest release against the median gap: 10 up to twice, 7 up to 4 times, 4 up to 8 times, else 2; needs 4 releases",
  expiry: DAY,
  schema: z.object({ repository: z.string(), claimed: z.boolean(), releaseDates: z.array(z.string()) }),
  appliesTo: () => true,
  collect: async (purl, context) => {
    const timed = context
      .releasesOf(purl)
      .filter(({ publishedBy, state }) => publishedBy === "registry" && state === "released");
    const isImage = purl.startsWith("pkg:docker/");
    const dates = timed.flatMap(({ publishedAt }) => publishedAt ?? []);
    // many tags of an image are pushed together: they are one release
    const own = isImage ? [...new Map(dates.map((date) => [date.slice(0, 10), date])).values()] : dates;
    if (own.length < NEEDED || isImage) {
      const asked = await collectFromRepository(purl, context, (facts) => ({ releaseDates: [...facts.releaseDates] }));
      const tells = isFailure(asked) ? !LASTING.includes(asked.code) : asked.facts.releaseDates.length >= NEEDED;
      if (tells || own.length < NEEDED) return asked;
    }
    const facts = { repository: purl, claimed: false, releaseDates: own.sort().reverse().slice(0, LOOKED_AT) };
    return { facts, source: "the registry's own times", at: context.now };
  },
  judge: (collected, now) => {
    const { repository, claimed, releaseDates } = collected.facts;
    const known = releaseDates.map((date) => Date.parse(date)); // each is read once: all of them are, in every plan
    const times = known.filter((time) => !Number.isNaN(time)).sort((a, b) => b - a);
    const newest = releaseDates[known.indexOf(times[0] ?? Number.NaN)];
    const note = claimNote(claimed, repository);
    if (newest === undefined || times.length < NEEDED) {
      const reason = `Only ${times.length} of the ${NEEDED} releases that a rhythm needs are known${note}.`;
      return { outcome: "unknown", points: 0, reason, evidence: [] };
    }
    const gap = Math.max(DAY, median(gaps(times)));
    const silence = Math.max(0, between(newest, now));
    const points = pointsFor(silence / gap);
    const reason = `The newest release is of ${newest.slice(0, 10)}; half of the gaps between releases are shorter than ${formatDuration(gap)}${note}.`;
    const evidence = [evidenceOf(collected, "newest-release", newest, `every ${formatDuration(gap)}`)];
    return { outcome: points >= 0.5 ? "good" : "bad", points, reason, evidence };
  },
});

function pointsFor(ratio: number): number {
  if (ratio <= 2) return 1;
  if (ratio <= 4) return 0.7;
  return ratio <= 8 ? 0.4 : 0.2;
}

function gaps(newestFirst: readonly number[]): number[] {
  return newestFirst.slice(1).map((time, index) => (newestFirst[index] ?? time) - time);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
