import { z } from "zod";
import { between, DAY } from "../../domain/instant.ts";
import { formatDuration } from "../../lib/config/duration.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { claimNote, count, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const NEEDED = 5;

/** How long people wait for a first word of a member. Thresholds are ours. */
export const responseTime = defineSignal({
  id: "response-time",
  number: "P3",
  title: "First answer to issues",
  why: "Maintainers who answer can also be told of a flaw. Canned replies look the same.",
  dimension: "activity",
  weight: 0.5,
  byDefault: false,
  source: "GitHub, one query per repository",
  points:
    "median time to a member's first comment on issues of the last 90 days: 10 up to 2 days, 7 up to 7, 4 up to 30, else 2",
  expiry: DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    issues: z.array(z.object({ createdAt: z.string(), answeredAt: z.string().optional() })),
  }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) =>
    collectFromRepository(purl, context, ({ issues }) => ({
      issues: issues
        .filter(({ createdAt, byMember }) => !byMember && between(createdAt, context.now) <= 90 * DAY)
        .map(({ createdAt, answeredAt }) => ({ createdAt, ...(answeredAt !== undefined && { answeredAt }) })),
    })),
  judge: (collected) => {
    const { repository, claimed, issues } = collected.facts;
    const note = claimNote(claimed, repository);
    if (issues.length < NEEDED) {
      const reason = `Only ${count(issues.length, "issue")} by others in 90 days, of the ${NEEDED} that a median needs${note}.`;
      return { outcome: "unknown", points: 0, reason, evidence: [] };
    }
    const waits = issues
      .map(({ createdAt, answeredAt }) => Math.max(0, between(createdAt, answeredAt ?? collected.at)))
      .sort((a, b) => a - b);
    const median = waits[Math.floor(waits.length / 2)] ?? 0;
    const points = median <= 2 * DAY ? 1 : median <= 7 * DAY ? 0.7 : median <= 30 * DAY ? 0.4 : 0.2;
    const reason = `Half of ${count(issues.length, "issue")} by others had a member's answer within ${formatDuration(median)}${note}.`;
    const evidence = [evidenceOf(collected, "median-response", formatDuration(median))];
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
