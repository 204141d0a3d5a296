import { z } from "zod";
import { HOUR } from "../../domain/instant.ts";
import { evidenceOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

/** What people here recorded about people there. Only the operator can: nothing upstream can influence it. */
export const vouches = defineSignal({
  id: "vouches",
  number: "P20",
  title: "Relationships of trust",
  why: "Knowing the maintainers is evidence that no registry has. It is dated, has an author, and ends.",
  dimension: "relationships",
  weight: 1,
  source: "the configuration and `headgate vouch`",
  points: "the mean of what people gave",
  expiry: HOUR,
  schema: z.object({
    vouches: z.array(
      z.object({
        upstream: z.string(),
        by: z.string(),
        reason: z.string(),
        since: z.string(),
        until: z.string().optional(),
        points: z.number().min(0).max(1),
      }),
    ),
  }),
  appliesTo: () => true,
  recordedHere: true,
  looksAtVersions: "never",
  collect: async (purl, context) => {
    const own = context.vouches.filter((vouch) => vouch.upstream === purl);
    const facts = { vouches: own.map(({ until, ...vouch }) => ({ ...vouch, ...(until !== undefined && { until }) })) };
    return { facts, source: "recorded vouches", at: context.now };
  },
  judge: (collected, now) => {
    const current = collected.facts.vouches.filter(
      ({ since, until }) => since <= now && (until === undefined || until > now),
    );
    if (current.length === 0) {
      return { outcome: "not-applicable", points: 0, reason: "Nobody here has vouched for it.", evidence: [] };
    }
    const points = current.reduce((sum, vouch) => sum + vouch.points, 0) / current.length;
    const said = current.map(({ by, since, until, reason }) => {
      const end = until === undefined ? "" : `, until ${until.slice(0, 10)}`;
      return `${by} (since ${since.slice(0, 10)}${end}): ${reason}`;
    });
    const evidence = said.map((words) => evidenceOf(collected, "vouch", words));
    return { outcome: points >= 0.5 ? "good" : "bad", points, reason: `Vouched for by ${said.join("; ")}`, evidence };
  },
});
