import { type Answer, type Received, type StandIn, startStandIn } from "./stand-in.ts";

/** A cycle as endoflife.date lists it. `eolFrom` is absent or null where no day is named. */
type GivenCycle = {
  readonly name: string;
  readonly codename?: string;
  readonly isEol?: boolean;
  readonly eolFrom?: string | null;
};

/** Products by name, their cycles newest first. */
export type EndOfLifeWorld = { readonly products: Record<string, { readonly label: string; cycles: GivenCycle[] }> };

/** A stand-in of endoflife.date's API v1: one product per request; what is not there is a page, as on the real site. */
export function startEndOfLife(world: EndOfLifeWorld): Promise<StandIn> {
  return startStandIn((request) => answerEndOfLife(world, request));
}

function answerEndOfLife({ products }: EndOfLifeWorld, request: Received): Answer {
  const name = /^\/api\/v1\/products\/([a-z0-9-]+)\/?$/.exec(request.path)?.[1] ?? "";
  const product = products[name];
  if (product === undefined) {
    return { status: 404, headers: { "content-type": "text/html" }, body: "<!DOCTYPE html><title>Not found</title>" };
  }
  const releases = product.cycles.map(({ name: cycle, codename = null, isEol = false, eolFrom = null }) => ({
    name: cycle,
    codename,
    label: cycle,
    releaseDate: "2020-01-01",
    isLts: false,
    ltsFrom: null,
    isEol,
    eolFrom,
    isMaintained: !isEol,
    latest: { name: `${cycle}.1`, date: "2026-01-01", link: null },
  }));
  const links = { html: `https://endoflife.date/${name}`, icon: null, releasePolicy: null };
  const result = { name, label: product.label, aliases: [], category: "os", tags: [], links, releases };
  return { body: { schema_version: "1.2.1", generated_at: "2026-11-20T00:00:00+00:00", result } };
}
