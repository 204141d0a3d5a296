import { z } from "zod";
import { factsOf, freshIn, lastIn, putAllFacts } from "../../db/upstreams/facts.ts";
import { targetOf } from "../../domain/freshness.ts";
import { type Instant, plus } from "../../domain/instant.ts";
import type { Advisory } from "../../domain/trust.ts";
import type { Failure } from "../../lib/failure.ts";
import { isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

/** Under which facts of versions are stored. */
const SIGNAL = "advisories";
/** A kept answer is the domain's own data, written by us; what another version wrote differently is asked for again. */
const KEPT = z.array(z.custom<Advisory>((one) => typeof (one as { id?: unknown } | null)?.id === "string"));

/** What is known of one version. `staleSince`: OSV could not be asked again, so it is as old as that. */
export type KnownAdvisories = {
  readonly answer: readonly Advisory[] | Failure;
  readonly staleSince?: Instant;
  readonly trouble?: Failure;
};

/**
 * Advisories of versions (purls with versions): from the store where an answer is younger than the freshness target of
 * `advisories`, else from OSV, whose answers are stored. `again`: asks about all. When OSV cannot be asked, an older answer
 * counts, and says so.
 */
export async function advisoriesOf(
  flow: FlowContext,
  purls: readonly string[],
  options: { readonly again?: boolean } = {},
): Promise<ReadonlyMap<string, KnownAdvisories>> {
  const now = flow.clock();
  const distinct = [...new Set(purls)];
  const stored = await factsOf(flow.db, distinct);
  const known = new Map<string, KnownAdvisories>();
  for (const purl of options.again === true ? [] : distinct) {
    const kept = keptIn(freshIn(stored, purl, SIGNAL, now));
    if (kept !== undefined) known.set(purl, { answer: kept.advisories });
  }
  const answers = await flow.osv.query(distinct.filter((purl) => !known.has(purl)));
  await flow.hold?.confirm(); // an answer from before somebody else's would undo what that one said
  const expiresAt = plus(now, targetOf(flow.freshness, SIGNAL));
  const rows = [...answers].flatMap(([subject, answer]) =>
    isFailure(answer)
      ? []
      : [{ subject, signal: SIGNAL, collected: { facts: answer, source: flow.urls.osv.url, at: now }, expiresAt }],
  );
  await putAllFacts(flow.db, rows);
  for (const [purl, answer] of answers) known.set(purl, orOlder(answer, keptIn(lastIn(stored, purl, SIGNAL))));
  return known;
}

type Kept = { readonly advisories: readonly Advisory[]; readonly at: Instant };

function orOlder(answer: readonly Advisory[] | Failure, kept: Kept | undefined): KnownAdvisories {
  if (!isFailure(answer) || answer.code === "not-checked" || kept === undefined) return { answer };
  return { answer: kept.advisories, staleSince: kept.at, trouble: answer };
}

function keptIn(collected: ReturnType<typeof lastIn>): Kept | undefined {
  if (collected === undefined || isFailure(collected)) return undefined;
  const advisories = KEPT.safeParse(collected.facts);
  return advisories.success ? { advisories: advisories.data, at: collected.at } : undefined;
}
