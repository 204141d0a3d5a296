import { between, DAY } from "../../domain/instant.ts";
import { askScorecard, scorecardFacts } from "../ask-scorecard.ts";
import { claimNote, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

/** The checks of OpenSSF Scorecard that say how a change gets in. */
const CHECKS = ["Code-Review", "Branch-Protection", "Dangerous-Workflow", "Token-Permissions", "Pinned-Dependencies"];
const NOTED = 30 * DAY;
const TOO_OLD = 90 * DAY;

/** How a change gets into a project, by Scorecard's published measure. */
export const reviewedChanges = defineSignal({
  id: "reviewed-changes",
  number: "P14",
  title: "Review, branch rules and workflows",
  why: "Where nobody can change the code alone, stolen credentials of one person are not enough.",
  dimension: "hygiene",
  weight: 1,
  source: "OpenSSF Scorecard through deps.dev (one request for up to 5,000 repositories), else its own API",
  points: `mean of Scorecard's ${CHECKS.join(", ")}; results older than 90 days are left out`,
  expiry: 7 * DAY,
  schema: scorecardFacts,
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) => askScorecard(purl, context, CHECKS),
  judge: (collected, now) => {
    const { repository, claimed, date, checks } = collected.facts;
    const age = between(date, now);
    const note = claimNote(claimed, repository);
    const known = Object.entries(checks);
    if (age > TOO_OLD || known.length === 0) {
      const why = known.length === 0 ? "is not conclusive" : `is of ${date.slice(0, 10)}: too old`;
      return { outcome: "unknown", points: 0, reason: `Scorecard's result ${why}${note}.`, evidence: [] };
    }
    const points = known.reduce((sum, [, score]) => sum + score, 0) / known.length / 10;
    const scores = known.map(([name, score]) => `${name} ${score}`).join(", ");
    const old = age > NOTED ? ` on ${date.slice(0, 10)}` : "";
    const reason = `Scorecard gives of 10${old}: ${scores}${note}.`;
    return { outcome: outcomeOf(points), points, reason, evidence: [evidenceOf(collected, "scorecard", scores)] };
  },
});
