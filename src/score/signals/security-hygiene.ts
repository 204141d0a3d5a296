import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { isFailure } from "../../lib/failure.ts";
import { askRepository } from "../ask-repository.ts";
import { askScorecard } from "../ask-scorecard.ts";
import { claimNote, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

/** Habits that Scorecard measures, 0 to 10. */
const CHECKS = ["SBOM", "SAST", "Fuzzing", "CII-Best-Practices"];

/** The share of good habits that a repository shows: a way to report vulnerabilities, a licence, and what Scorecard sees. */
export const securityHygiene = defineSignal({
  id: "security-hygiene",
  number: "P15",
  title: "Security policy, licence and testing habits",
  why: "A project that says how to report a vulnerability has thought about receiving one.",
  dimension: "hygiene",
  weight: 1,
  source: "GitHub, one query per repository; OpenSSF Scorecard where it scans the repository",
  points: `mean of: security policy, licence, open for change (10 each), and Scorecard's ${CHECKS.join(", ")} where known`,
  expiry: 7 * DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    archived: z.boolean(),
    securityPolicy: z.boolean(),
    licence: z.string().optional(),
    checks: z.record(z.string(), z.number()).optional(),
  }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: async (purl, context) => {
    const [asked, scorecard] = await Promise.all([askRepository(purl, context), askScorecard(purl, context, CHECKS)]);
    if (isFailure(asked)) return asked;
    const { nameWithOwner, archived, securityPolicy, licence } = asked.repository;
    const facts = {
      repository: nameWithOwner,
      claimed: asked.claimed,
      archived,
      securityPolicy,
      ...(licence !== undefined && { licence }),
      ...(!isFailure(scorecard) && { checks: scorecard.facts.checks }),
    };
    return { facts, source: asked.url, at: context.now };
  },
  judge: (collected) => {
    const { repository, claimed, archived, securityPolicy, licence, checks = {} } = collected.facts;
    const habits = [securityPolicy, licence !== undefined, !archived].map(Number);
    const measured = Object.values(checks).map((score) => score / 10);
    const all = [...habits, ...measured];
    const points = all.reduce((sum, one) => sum + one, 0) / all.length;
    const policyWords = securityPolicy ? "a security policy" : "no security policy";
    const licenceWords = licence === undefined ? "no licence that GitHub knows" : `the licence ${licence}`;
    const stateWords = archived ? "archived" : "open for change";
    const scores = Object.entries(checks).map(([name, score]) => `${name} ${score}`);
    const evidence = [policyWords, licenceWords, stateWords, ...scores].map((words) =>
      evidenceOf(collected, "repository", words),
    );
    const measuredWords = scores.length === 0 ? "" : `; Scorecard gives ${scores.join(", ")}`;
    const reason = `The repository has ${policyWords} and ${licenceWords}, and is ${stateWords}${measuredWords}${claimNote(claimed, repository)}.`;
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
