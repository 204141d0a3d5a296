import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { isFailure } from "../../lib/failure.ts";
import { askRepository } from "../ask-repository.ts";
import { claimNote, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const identity = z.object({ id: z.number(), owner: z.number().optional(), name: z.string(), at: z.string() });

const STATUSES = {
  archived: "nobody looks after it",
  deprecated: "its maintainers advise against it",
  quarantined: "its index withholds its files",
} as const;

/** Whether the repository still belongs to whom it belonged to when it was first looked at. */
export const ownership = defineSignal({
  id: "ownership",
  number: "P18",
  title: "Stable ownership",
  why: "A project that changes hands is another project under a trusted name. Slow handovers are not seen this way.",
  dimension: "track-record",
  weight: 1,
  source:
    "GitHub's ids of repository and owner, one query per repository, compared with the first look; PyPI's project status (PEP 792)",
  points:
    "unchanged 10, another name 5, another owner 3, archived or deprecated 2, quarantined, or another repository under the old name 0; first look: left out",
  expiry: DAY,
  schema: z.object({
    status: z.enum(["archived", "deprecated", "quarantined"]).optional(),
    owned: z
      .object({ repository: z.string(), claimed: z.boolean(), archived: z.boolean(), now: identity, first: identity })
      .optional(),
  }),
  appliesTo: () => true,
  looksAtVersions: "with-repository",
  collect: async (purl, context, earlier) => {
    const { standing, lifecycle } = context.identityOf(purl) ?? {};
    const status = standing?.status ?? lifecycle;
    const said = status === undefined ? {} : { status };
    const asked = await askRepository(purl, context);
    if (isFailure(asked)) return status === undefined ? asked : { facts: said, source: purl, at: context.now };
    const { nameWithOwner, databaseId, ownerId, archived } = asked.repository;
    const owner = ownerId === undefined ? {} : { owner: ownerId };
    const now = { id: databaseId, ...owner, name: nameWithOwner, at: context.now };
    const first = earlier?.facts.owned?.first ?? now;
    const owned = { repository: nameWithOwner, claimed: asked.claimed, archived, now, first };
    return { facts: { ...said, owned }, source: asked.url, at: context.now };
  },
  judge: (collected) => {
    const { status, owned } = collected.facts;
    if (status !== undefined) {
      const evidence = [evidenceOf(collected, "project-status", status, "active")];
      const points = status === "quarantined" ? 0 : 0.2;
      return { outcome: "bad", points, reason: `The project is ${status}: ${STATUSES[status]}.`, evidence };
    }
    if (owned === undefined) return { outcome: "unknown", points: 0, reason: "Nobody says whose it is.", evidence: [] };
    const { repository, claimed, archived, now, first } = owned;
    const note = claimNote(claimed, repository);
    const since = first.at.slice(0, 10);
    const say = (points: number, words: string) => ({
      outcome: outcomeOf(points),
      points,
      reason: `${words}${note}.`,
      evidence: [evidenceOf(collected, "owner", `${now.name} (${now.id})`, `${first.name} (${first.id})`)],
    });
    if (archived) return say(0.2, "The repository is archived: nobody looks after it");
    if (now.id !== first.id) return say(0, `Another repository is under the name since ${since}`);
    if (now.owner !== first.owner)
      return say(0.3, `The owner is another since ${since}: ${first.name} is ${now.name} now`);
    if (now.name.toLowerCase() !== first.name.toLowerCase())
      return say(0.5, `${first.name} was renamed to ${now.name} since ${since}`);
    if (first.at === now.at) {
      const reason = `First look: from now on a change of the owner will be noticed${note}.`;
      return { outcome: "unknown", points: 0, reason, evidence: [] };
    }
    return say(1, `Name and owner are unchanged since ${since}`);
  },
});
