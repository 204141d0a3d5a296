import { z } from "zod";
import { between, DAY } from "../../domain/instant.ts";
import { Failure } from "../../lib/failure.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { claimNote, count, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const WEEKS = 90 / 7;

/**
 * Points by OpenSSF Scorecard's Maintained check (docs/checks.md): one commit, or issue that a member moved, a week over
 * 90 days is full. Commits by robots do not count, by their share of the last 30.
 */
export const recentCommits = defineSignal({
  id: "recent-commits",
  number: "P1",
  title: "Recent commits and answers",
  why: "Somebody who still works on a project can also fix it.",
  dimension: "activity",
  weight: 1,
  source: "GitHub, one query per repository",
  points:
    "10 for 13 and more in 90 days: commits by people, and issues that a member opened or answered; archived or younger than 90 days 0",
  expiry: DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    archived: z.boolean(),
    createdAt: z.string(),
    commits: z.number().nonnegative(),
    robots: z.number().nonnegative(),
    issues: z.number().nonnegative(),
  }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) =>
    collectFromRepository(purl, context, ({ nameWithOwner, archived, createdAt, recentCommits, authors, issues }) => {
      if (recentCommits === undefined)
        return new Failure("not-checked", `GitHub did not count the commits of ${nameWithOwner}.`);
      const share = authors.length === 0 ? 0 : authors.filter(({ robot }) => robot).length / authors.length;
      const robots = Math.round(Math.max(0, recentCommits) * share);
      const moved = issues.filter(({ byMember, answeredAt }) => byMember || answeredAt !== undefined).length;
      return { archived, createdAt, commits: Math.max(0, recentCommits) - robots, robots, issues: moved };
    }),
  judge: (collected) => {
    const { repository, claimed, archived, createdAt, commits, robots, issues } = collected.facts;
    const evidence = [
      evidenceOf(collected, "commits-90-days", String(commits)),
      evidenceOf(collected, "member-issues-90-days", String(issues)),
    ];
    const note = claimNote(claimed, repository);
    if (archived)
      return {
        outcome: "bad",
        points: 0,
        reason: `The repository is archived${note}: nothing moves any more.`,
        evidence,
      };
    if (between(createdAt, collected.at) < 90 * DAY) {
      const reason = `The repository exists only since ${createdAt.slice(0, 10)}${note}: less than 90 days.`;
      return { outcome: "bad", points: 0, reason, evidence };
    }
    const points = Math.min(10, Math.floor((10 * (commits + issues)) / WEEKS)) / 10;
    const others = robots === 0 ? "" : ` (and ${robots} by robots)`;
    const answers = issues === 0 ? "" : ` and ${count(issues, "issue")} that members moved`;
    return {
      outcome: outcomeOf(points),
      points,
      reason: `${count(commits, "commit")}${others}${answers} in the last 90 days${note}.`,
      evidence,
    };
  },
});
