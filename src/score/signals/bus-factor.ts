import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { Failure } from "../../lib/failure.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { claimNote, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

/** How much of the work one person does. */
export const busFactor = defineSignal({
  id: "bus-factor",
  number: "P5",
  title: "Share of the busiest person",
  why: "Where one person does nearly everything, nobody else can go on, and nobody else looks.",
  dimension: "community",
  weight: 0.5,
  byDefault: false,
  source: "GitHub, one query per repository",
  points: "the busiest person's share of the last 30 commits: 10 up to 50 %, 5 up to 80 %, 3 up to 95 %, else 2",
  expiry: 7 * DAY,
  schema: z.object({ repository: z.string(), claimed: z.boolean(), commits: z.number(), most: z.number() }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) =>
    collectFromRepository(purl, context, ({ nameWithOwner, authors }) => {
      const people = authors.filter(({ robot }) => !robot);
      if (people.length === 0)
        return new Failure("not-checked", `No commits of people are to be seen in ${nameWithOwner}.`);
      const counts = [...Map.groupBy(people, ({ person }) => person).values()].map(({ length }) => length);
      return { commits: people.length, most: Math.max(...counts) };
    }),
  judge: (collected) => {
    const { repository, claimed, commits, most } = collected.facts;
    const share = commits === 0 ? 1 : most / commits;
    const points = share <= 0.5 ? 1 : share <= 0.8 ? 0.5 : share <= 0.95 ? 0.3 : 0.2;
    const percent = `${Math.round(100 * share)} %`;
    const reason = `The busiest person wrote ${percent} of the last ${commits} commits by people${claimNote(claimed, repository)}.`;
    return { outcome: outcomeOf(points), points, reason, evidence: [evidenceOf(collected, "top-share", percent)] };
  },
});
