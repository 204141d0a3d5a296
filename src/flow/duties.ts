import { z } from "zod";
import { recordStandings } from "../db/projects/standings.ts";
import { pruneHosts } from "../db/service/budgets.ts";
import { completeDuty, renewDuty, returnDuty, type TakenDuty } from "../db/service/duties.ts";
import type { Instant } from "../domain/instant.ts";
import { refreshAdvisories } from "./advisories/refresh-advisories.ts";
import type { FlowContext } from "./context.ts";
import { holding, until } from "./hold.ts";
import { resumeLetters } from "./letters/post-letters.ts";
import { sendDigest } from "./letters/send-digest.ts";
import { sendNotices } from "./letters/send-notices.ts";
import { sendPullRequestNews } from "./letters/send-pull-request-news.ts";
import { backUpOwn } from "./operate/back-up.ts";
import { ping } from "./operate/ping.ts";
import { pruneStore } from "./operate/prune-store.ts";
import { wakePublished } from "./poll/wake-published.ts";
import { watchAdvisories, watchFreshness } from "./poll/watch-freshness.ts";
import { watchLeftOver } from "./poll/watch-pinned.ts";
import { type Enqueue, type JobName, tickProjects, tickUpstreams } from "./ticks.ts";
import { scoreWatched } from "./trust/score-watched.ts";
import { keepTrustRoots } from "./trust/trust-roots.ts";

/** What has a schedule. It runs under the lease of its row, and confirms that before it stores what others said. */
type Duty = (flow: FlowContext, enqueue: Enqueue, moment: Instant) => Promise<void>;

/** The jobs that are duties. */
type DutyName = Exclude<JobName, "project" | "poll">;

/** By name: what is due at the moments of a plan. */
export const DUTIES: Readonly<Record<DutyName, Duty>> = {
  published: async (flow, enqueue) => {
    if ((await wakePublished(flow)) > 0) await tickUpstreams(flow, enqueue);
  },
  letters: async (flow) => {
    await watchLeftOver(flow);
    await resumeLetters(flow);
    await sendNotices(flow);
    await sendPullRequestNews(flow);
  },
  advisories: async (flow, enqueue) => {
    const { asked, changed, failed, failedBefore } = await refreshAdvisories(flow);
    if (changed.length > 0) flow.log.info(`Advisories of ${asked} versions: ${changed.length} upstreams with news`);
    // what goes on failing stands in digests and on the page of problems; the log says when it begins and ends
    if (failed > 0 && failedBefore === 0) flow.log.warn(`Advisories: ${failed} of ${asked} versions were not answered`);
    if (failed === 0 && failedBefore > 0) flow.log.info(`Advisories of all ${asked} versions are answered again`);
    if (changed.length > 0) await tickProjects(flow, enqueue);
  },
  scores: async (flow) => {
    await scoreWatched(flow); // each hour, and no news: what it learned is on the pages
  },
  digest: async (flow) => {
    const { summary } = await sendDigest(flow);
    flow.log.info(summary);
  },
  housekeeping: async (flow, _enqueue, moment) => {
    await watchFreshness(flow);
    await watchAdvisories(flow);
    await keepTrustRoots(flow, moment);
    await pruneHosts(flow.db, flow.clock());
    await recordStandings(flow.db, flow.freshness, flow.clock());
    await pruneStore(flow);
  },
  backup: (flow) => backUpOwn(flow),
  heartbeat: (flow) => ping(flow),
};

/** As the queue carries it. One that an older version enqueued says no lease: it counts once nobody has the duty any more. */
const TAKEN = z.object({
  name: z.string(),
  slot: z.string(),
  plan: z.string(),
  next: z.string(),
  lease: z.string().default(""),
});

/** Does a duty that was taken, alone, and says that it was done. A hint whose lease somebody else has by now is stale. */
export async function carryOutDuty(work: Duty, flow: FlowContext, payload: unknown, enqueue: Enqueue): Promise<void> {
  const taken = TAKEN.parse(payload);
  const word = until(flow);
  if (!(await renewDuty(flow.db, taken, word, flow.clock()))) return;
  const of = (lease: Instant): TakenDuty => ({ ...taken, lease });
  const exchange = (from: Instant, to: Instant) => renewDuty(flow.db, of(from), to);
  const free = (mine: Instant) => returnDuty(flow.db, of(mine));
  await holding(flow, { given: taken.lease, word, exchange, free }, async (hold) => {
    await work({ ...flow, hold }, enqueue, taken.slot);
    await hold.use((mine) => completeDuty(flow.db, of(mine)));
  });
}
