import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { Failure } from "../../lib/failure.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { claimNote, count, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const REGULAR = 5;

/** Points by OpenSSF Scorecard's Contributors check: three regular contributors are full. */
export const contributors = defineSignal({
  id: "contributors",
  number: "P4",
  title: "Regular contributors",
  why: "Several people who know the code can take over from one another, and see what one of them does.",
  dimension: "community",
  weight: 1,
  source: "GitHub, one query per repository",
  points: "people with at least 5 of the last 30 commits, robots left out: 10 for three and more, 6 for two, 3 for one",
  expiry: DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    commits: z.number(),
    people: z.array(z.object({ person: z.string(), commits: z.number(), company: z.string().optional() })),
  }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) =>
    collectFromRepository(purl, context, ({ nameWithOwner, authors }) => {
      if (authors.length === 0) return new Failure("not-checked", `No commits of ${nameWithOwner} are to be seen.`);
      const byPerson = Map.groupBy(
        authors.filter(({ robot }) => !robot),
        ({ person }) => person,
      );
      const people = [...byPerson].map(([person, commits]) => {
        const company = commits.find((one) => one.company !== undefined)?.company;
        return { person, commits: commits.length, ...(company !== undefined && { company }) };
      });
      return { commits: authors.length, people };
    }),
  judge: (collected) => {
    const { repository, claimed, commits, people } = collected.facts;
    const regular = people.filter((one) => one.commits >= REGULAR);
    const points = Math.min(10, Math.floor((10 * regular.length) / 3)) / 10;
    const companies = new Set(regular.flatMap(({ company }) => company ?? [])).size;
    const from = companies > 1 ? ` from ${companies} companies` : "";
    const who = regular.length === 1 ? "1 person" : `${regular.length} people`;
    const reason = `${who}${from} wrote at least ${REGULAR} of the last ${count(commits, "commit")}${claimNote(claimed, repository)}.`;
    const observed = people.map((one) => `${one.person}: ${one.commits}`).join(", ");
    const evidence = [evidenceOf(collected, "contributors", observed === "" ? "only robots" : observed)];
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
