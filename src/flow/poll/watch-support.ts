import { z } from "zod";
import { type Facts, factsOf, freshIn, lastIn, putAllFacts } from "../../db/upstreams/facts.ts";
import type { UncheckedEntry } from "../../domain/digest.ts";
import { DAY, plus } from "../../domain/instant.ts";
import type { Component } from "../../domain/pin.ts";
import { endingSupport, type Product, pinnedProducts, type SupportEntry } from "../../domain/support.ts";
import { productUrl, readProduct } from "../../lib/facts/end-of-life.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

const FACT = "support";

const productSchema = z.object({
  name: z.string(),
  label: z.string(),
  url: z.string(),
  cycles: z.array(
    z.object({
      name: z.string(),
      codename: z.string().exactOptional(),
      ended: z.boolean(),
      endsAt: z.string().exactOptional(),
    }),
  ),
});

/** What is out of support or soon will be, and which products could not be asked about. */
export type SupportWatch = {
  readonly ending: readonly SupportEntry[];
  readonly unchecked: readonly UncheckedEntry[];
};

/**
 * Looks for what is pinned and gets no fixes any more. The last days of products are asked for once a day; where they
 * cannot be had, what was known before counts, and that is said.
 */
export async function watchSupport(flow: FlowContext, components: readonly Component[]): Promise<SupportWatch> {
  const now = flow.clock();
  const names = [...new Set(components.flatMap(({ pins }) => pins.flatMap(pinnedProducts)).map((one) => one.product))];
  const known = await factsOf(flow.db, names.map(subjectOf));
  const stale = names.filter((name) => freshIn(known, subjectOf(name), FACT, now) === undefined);
  const asked = await Promise.all(stale.map(async (name) => ({ name, answer: await ask(flow, name) })));
  const rows = asked.flatMap(({ name, answer }) =>
    isFailure(answer) ? [] : [{ subject: subjectOf(name), signal: FACT, collected: answer, expiresAt: plus(now, DAY) }],
  );
  await putAllFacts(flow.db, rows);
  const fresh = new Map(rows.map((row) => [row.subject, row.collected]));
  const products = names.flatMap((name) => {
    const facts = fresh.get(subjectOf(name)) ?? lastIn(known, subjectOf(name), FACT);
    const product = isFailure(facts) ? undefined : productSchema.safeParse(facts?.facts).data;
    return product === undefined ? [] : [[name, product] as const];
  });
  const failures = asked.flatMap(({ name, answer }) => (isFailure(answer) ? [{ subject: name, failure: answer }] : []));
  return {
    ending: endingSupport(components, new Map<string, Product>(products), now),
    unchecked: failures.map(({ subject, failure }) => ({ subject, reason: `end of support: ${failure.message}` })),
  };
}

/** A product that endoflife.date does not have is an answer, too: nothing is known of its support. */
async function ask(flow: FlowContext, name: string): Promise<Facts | Failure> {
  const base = flow.urls.endoflife.url;
  const product = await readProduct(flow.fetcher, base, name);
  if (!isFailure(product)) return { facts: product, source: productUrl(base, name), at: flow.clock() };
  if (product.code !== "not-found") return new Failure(product.code, product.message);
  return { facts: null, source: productUrl(base, name), at: flow.clock() };
}

function subjectOf(name: string): string {
  return `endoflife:${name}`;
}
