import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { askRepository } from "../ask-repository.ts";
import { claimNote, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const MOST = 5;
/** Addresses that are nobody's own domain. */
const SHARED =
  /(?:^|\.)(?:users\.noreply\.github\.com|gmail\.com|googlemail\.com|outlook\.com|hotmail\.com|protonmail\.com|proton\.me|icloud\.com)$/;

/** Whether the domains of those who commit still take mail: who buys an expired one can have passwords reset. */
export const mailDomain = defineSignal({
  id: "mail-domain",
  number: "P19",
  title: "Mail domains of committers",
  why: "Who registers the expired domain of a maintainer can take over the accounts that send their mail there.",
  dimension: "track-record",
  weight: 0.5,
  byDefault: false,
  source: "DNS, one look-up per domain, at most five; only public addresses of the last 30 commits",
  points: "all domains take mail 10, one does not 2",
  expiry: 7 * DAY,
  schema: z.object({
    repository: z.string(),
    claimed: z.boolean(),
    alive: z.array(z.string()),
    dead: z.array(z.string()),
  }),
  appliesTo: () => true,
  collect: async (purl, context) => {
    const asked = await askRepository(purl, context);
    if (isFailure(asked)) return asked;
    const { nameWithOwner, authors } = asked.repository;
    const domains = authors.flatMap(({ email, robot }) =>
      robot ? [] : (/@([\w.-]+\.[a-z]{2,})$/i.exec(email ?? "")?.[1] ?? []),
    );
    const own = [...new Set(domains.map((domain) => domain.toLowerCase()))].filter((domain) => !SHARED.test(domain));
    if (own.length === 0)
      return new Failure("not-checked", `Nobody commits to ${nameWithOwner} from a domain of their own.`);
    const answers = await Promise.all(
      own.slice(0, MOST).map(async (domain) => ({ domain, alive: await context.takesMail(domain) })),
    );
    const failure = answers.map(({ alive }) => alive).find((alive) => isFailure(alive));
    if (isFailure(failure)) return failure;
    const of = (wanted: boolean) => answers.filter(({ alive }) => alive === wanted).map(({ domain }) => domain);
    const facts = { repository: nameWithOwner, claimed: asked.claimed, alive: of(true), dead: of(false) };
    return { facts, source: "DNS", at: context.now };
  },
  judge: (collected) => {
    const { repository, claimed, alive, dead } = collected.facts;
    const points = dead.length === 0 ? 1 : 0.2;
    const words =
      dead.length === 0
        ? `The domains of committers take mail: ${alive.join(", ")}`
        : `No mail reaches ${dead.join(", ")}, from where people commit`;
    const evidence = [evidenceOf(collected, "mail-domains", dead.length === 0 ? alive.join(", ") : dead.join(", "))];
    return { outcome: outcomeOf(points), points, reason: `${words}${claimNote(claimed, repository)}.`, evidence };
  },
});
