import { freshnessBySource } from "../../db/upstreams/freshness.ts";
import type { FlowContext } from "../context.ts";

/** Whether any upstream has ever given a good answer: before that, an empty list is no good news. */
export async function anythingHeard({ db, freshness, clock }: FlowContext): Promise<boolean> {
  const sources = await freshnessBySource(db, freshness, clock());
  return sources.some(({ upstreams, silent }) => upstreams > silent);
}
