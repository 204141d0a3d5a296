import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { collectFromRepository } from "../ask-repository.ts";
import { claimNote, count, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const LOOKED_AT = 3;

/** Whether the forge lets nobody change what was released. */
export const immutableReleases = defineSignal({
  id: "immutable-releases",
  number: "P13",
  title: "Immutable releases",
  why: "What nobody can change under its name need not be watched for it: stolen credentials cannot replace it.",
  dimension: "signing",
  weight: 0.5,
  source: "GitHub, one query per repository",
  points: "all of the last 3 releases immutable 10, some 6, none 3",
  expiry: DAY,
  schema: z.object({ repository: z.string(), claimed: z.boolean(), immutable: z.array(z.boolean()) }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: (purl, context) =>
    collectFromRepository(purl, context, ({ immutable }) => ({
      immutable: immutable.slice(0, LOOKED_AT).map((release) => release.immutable),
    })),
  judge: (collected) => {
    const { repository, claimed, immutable } = collected.facts;
    const note = claimNote(claimed, repository);
    if (immutable.length === 0) {
      const reason = `There is no release, or the forge does not say whether releases can be changed${note}.`;
      return { outcome: "unknown", points: 0, reason, evidence: [] };
    }
    const locked = immutable.filter(Boolean).length;
    const points = locked === immutable.length ? 1 : locked > 0 ? 0.6 : 0.3;
    const last = `of the last ${count(immutable.length, "release")}`;
    const words = locked === 0 ? `All ${last} can still be changed` : `${locked} ${last} cannot be changed any more`;
    const reason = `${words}${note}.`;
    const evidence = [evidenceOf(collected, "immutable", `${locked} of ${immutable.length}`)];
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
