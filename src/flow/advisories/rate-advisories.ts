import { factsOf, freshIn, putFacts } from "../../db/upstreams/facts.ts";
import type { UncheckedEntry } from "../../domain/digest.ts";
import { DAY, plus } from "../../domain/instant.ts";
import type { Advisory } from "../../domain/trust.ts";
import { readExploited, readProbabilities } from "../../lib/advisories/exploits.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

/** Adds to advisories how urgent they are. `unchecked`: which feed is configured and could not be asked. */
export type Rating = {
  readonly rate: (advisory: Advisory) => Advisory;
  readonly unchecked: readonly UncheckedEntry[];
};

/** Asks the feeds that are configured, once a day each, about the CVEs that there are. What nobody knows adds nothing. */
export async function rateAdvisories(flow: FlowContext, advisories: readonly Advisory[]): Promise<Rating> {
  const cves = [...new Set(advisories.flatMap(cvesOf))].toSorted();
  const { kev, epss } = flow.urls;
  if (cves.length === 0 || (kev === undefined && epss === undefined)) return { rate: (one) => one, unchecked: [] };
  const exploited =
    kev === undefined
      ? []
      : await daily(flow, "kev", kev.url, async () => {
          const all = await readExploited(flow.fetcher, kev.url);
          return isFailure(all) ? all : [...all];
        });
  const subject = `epss ${cves.join(" ")}`;
  const chances =
    epss === undefined
      ? []
      : await daily(flow, subject, epss.url, async () => {
          const all = await readProbabilities(flow.fetcher, epss.url, cves);
          return isFailure(all) ? all : [...all];
        });
  const listed = new Set(isFailure(exploited) ? [] : exploited);
  const likely = new Map(isFailure(chances) ? [] : chances);
  return {
    rate: (advisory) => rated(advisory, listed, likely),
    unchecked: [
      ...(isFailure(exploited) ? [{ subject: "exploited vulnerabilities", reason: exploited.message }] : []),
      ...(isFailure(chances) ? [{ subject: "chances of exploitation", reason: chances.message }] : []),
    ],
  };
}

function rated(advisory: Advisory, listed: ReadonlySet<string>, likely: ReadonlyMap<string, number>): Advisory {
  const cves = cvesOf(advisory);
  const chances = cves.flatMap((cve) => likely.get(cve) ?? []);
  return {
    ...advisory,
    ...(cves.some((cve) => listed.has(cve)) && { exploited: true }),
    ...(chances.length > 0 && { exploitProbability: Math.max(...chances) }),
  };
}

async function daily<Row>(
  flow: FlowContext,
  subject: string,
  source: string,
  ask: () => Promise<Row[] | Failure>,
): Promise<Row[] | Failure> {
  const now = flow.clock();
  const known = freshIn(await factsOf(flow.db, [subject]), subject, "urgency", now);
  if (known !== undefined && !isFailure(known)) return known.facts as Row[]; // what we wrote ourselves
  const asked = await ask();
  if (!isFailure(asked)) {
    const collected = { facts: asked, source, at: now };
    await putFacts(flow.db, { subject, signal: "urgency", collected, expiresAt: plus(now, DAY) });
  }
  return asked;
}

function cvesOf({ id, aliases }: Advisory): string[] {
  return [id, ...aliases].filter((one) => /^CVE-\d{4}-\d{4,}$/.test(one));
}
