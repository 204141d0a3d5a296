import { wakeUpstreams } from "../../db/upstreams/due-upstreams.ts";
import { knownSources } from "../../db/upstreams/upstreams.ts";
import { SOURCES } from "../../poll/sources.ts";
import type { FlowContext } from "../context.ts";
import { pollContext } from "./poll-upstreams.ts";

/**
 * Makes upstreams due that a feed of their service names as just published, whatever their own rhythm: so a release is
 * noticed within minutes. Feeds of services from which nothing is taken are not read. Gives back how many were woken.
 */
export async function wakePublished(flow: FlowContext): Promise<number> {
  const used = await knownSources(flow.db);
  let woken = 0;
  for (const { id, published } of SOURCES) {
    if (published === undefined || !used.has(id)) continue;
    woken += await wakeUpstreams(flow.db, await published(pollContext(flow)));
  }
  return woken;
}
