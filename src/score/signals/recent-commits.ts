import { z } from "zod";
import { between, DAY } from "../../domain/instant.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { askRepository, claimNote, count, defineSignal, evidenceOf } from "../signal.ts";

const WEEKS = 90 / 7;

/** Points by OpenSSF Scorecard's Maintained check (docs/checks.md): one commit a week over 90 days is full. */
export const recentCommits = defineSignal({
  id: "recent-commits",
  title: "Recent commits",
  why: "Somebody who still works on a project can also fix it.",
  dimension: "activity",
  weight: 1,
  expiry: DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    archived: z.boolean(),
    createdAt: z.string(),
    commits: z.number().nonnegative(),
  }),
  appliesTo: () => true,
  collect: async (purl, context) => {
    const asked = await askRepository(purl, context);
    if (isFailure(asked)) return asked;
    const { nameWithOwner, archived, createdAt, recentCommits: commits } = asked.repository;
    if (commits === undefined)
      return new Failure("not-checked", `GitHub did not count the commits of ${nameWithOwner}.`);
    const facts = { repository: nameWithOwner, claimed: asked.claimed, archived, createdAt, commits };
    return { facts, source: asked.url, at: context.now };
  },
  judge: (collected) => {
    const { repository, claimed, archived, createdAt, commits } = collected.facts;
    const evidence = [evidenceOf(collected, "commits-90-days", String(commits))];
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
    const points = Math.min(10, Math.floor((10 * commits) / WEEKS)) / 10;
    return {
      outcome: points >= 0.5 ? "good" : "bad",
      points,
      reason: `${count(commits, "commit")} in the last 90 days${note}.`,
      evidence,
    };
  },
});
