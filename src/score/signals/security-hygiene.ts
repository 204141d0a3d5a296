import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { isFailure } from "../../lib/failure.ts";
import { askRepository, claimNote, defineSignal, evidenceOf } from "../signal.ts";

/** The share of simple habits that a repository shows: a way to report vulnerabilities, a licence, being open for change. */
export const securityHygiene = defineSignal({
  id: "security-hygiene",
  title: "Security policy and licence",
  why: "A project that says how to report a vulnerability has thought about receiving one.",
  dimension: "hygiene",
  weight: 1,
  expiry: 7 * DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    archived: z.boolean(),
    securityPolicy: z.boolean(),
    licence: z.string().optional(),
  }),
  appliesTo: () => true,
  collect: async (purl, context) => {
    const asked = await askRepository(purl, context);
    if (isFailure(asked)) return asked;
    const { nameWithOwner, archived, securityPolicy, licence } = asked.repository;
    const facts = {
      repository: nameWithOwner,
      claimed: asked.claimed,
      archived,
      securityPolicy,
      ...(licence !== undefined && { licence }),
    };
    return { facts, source: asked.url, at: context.now };
  },
  judge: (collected) => {
    const { repository, claimed, archived, securityPolicy, licence } = collected.facts;
    const habits = [securityPolicy, licence !== undefined, !archived];
    const points = habits.filter(Boolean).length / habits.length;
    const policyWords = securityPolicy ? "a security policy" : "no security policy";
    const licenceWords = licence === undefined ? "no licence that GitHub knows" : `the licence ${licence}`;
    const stateWords = archived ? "archived" : "open for change";
    const evidence = [policyWords, licenceWords, stateWords].map((words) => evidenceOf(collected, "repository", words));
    const reason = `The repository has ${policyWords} and ${licenceWords}, and is ${stateWords}${claimNote(claimed, repository)}.`;
    return { outcome: points >= 0.5 ? "good" : "bad", points, reason, evidence };
  },
});
