import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { count, evidenceOf, outcomeOf, scaled } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

/** Full points at so many (our threshold). */
const FULL = 20_000;

/** How many people follow a repository. A package that merely claims a popular repository gets nothing for it. */
export const stars = defineSignal({
  id: "stars",
  number: "P6",
  title: "Stars, forks and watchers",
  why: "What many follow is looked at by many. Stars can be bought and borrowed: this is a weak word among others.",
  dimension: "community",
  weight: 0.5,
  source: "GitHub, one query per repository",
  points: "10 · ln(1 + stars) / ln(1 + 20,000); unknown where only the package claims the repository",
  expiry: 7 * DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    stars: z.number(),
    forks: z.number(),
    watchers: z.number(),
  }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) =>
    collectFromRepository(purl, context, ({ stars: starred, forks, watchers }) => ({
      stars: starred,
      forks,
      watchers,
    })),
  judge: (collected) => {
    const { repository, claimed, stars: starred, forks, watchers } = collected.facts;
    const words = `${count(starred, "star")}, ${count(forks, "fork")} and ${count(watchers, "watcher")}`;
    if (claimed) {
      const reason = `Not counted: ${repository} has ${words}, but only the package says that this is its source.`;
      return { outcome: "unknown", points: 0, reason, evidence: [] };
    }
    const points = scaled(starred, FULL);
    const evidence = [evidenceOf(collected, "stars", words)];
    return { outcome: outcomeOf(points), points, reason: `${repository} has ${words}.`, evidence };
  },
});
