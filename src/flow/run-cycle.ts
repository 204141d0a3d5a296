import { watchedUpstreams } from "../db/projects/pins.ts";
import { recordStandings } from "../db/projects/standings.ts";
import type { Failure } from "../lib/failure.ts";
import { refreshAdvisories } from "./advisories/refresh-advisories.ts";
import type { FlowContext } from "./context.ts";
import { type DeliveredProject, deliverProject } from "./deliver/deliver-project.ts";
import { type DiscoveredProject, discoverProject } from "./discover/discover-project.ts";
import { resumeLetters } from "./letters/post-letters.ts";
import { type SentDigest, sendDigest } from "./letters/send-digest.ts";
import { sendNotices } from "./letters/send-notices.ts";
import { sendPullRequestNews } from "./letters/send-pull-request-news.ts";
import { lookAtPinned } from "./poll/look-at-pinned.ts";
import { pollUpstreams } from "./poll/poll-upstreams.ts";
import { watchAdvisories, watchFreshness } from "./poll/watch-freshness.ts";
import { watchLeftOver } from "./poll/watch-pinned.ts";

/** What one full cycle did, in the order it happened. */
export type CycleSummary = {
  readonly polled: number;
  /** Upstreams of kinds that nothing here polls: known, not watched. */
  readonly unwatched: number;
  readonly failed: readonly string[];
  /** Their hosts asked for patience. */
  readonly deferred: readonly string[];
  readonly projects: readonly DeliveredProject[];
  readonly digest: SentDigest;
};

/** One full cycle: look at every project, ask every upstream, decide, open pull requests, tell what cannot wait, send the digest. */
export async function runCycle(flow: FlowContext): Promise<CycleSummary> {
  const discovered = new Map<string, DiscoveredProject | Failure>();
  for (const project of flow.projects) discovered.set(project.id, await discoverProject(flow, project));
  const watched = await watchedUpstreams(flow.db);
  const polled = await pollUpstreams(flow, watched);
  await lookAtPinned(flow, watched);
  await watchLeftOver(flow);
  await watchFreshness(flow);
  await refreshAdvisories(flow);
  await watchAdvisories(flow);
  const projects: DeliveredProject[] = [];
  for (const project of flow.projects) {
    projects.push(await deliverProject(flow, project, discovered.get(project.id)));
  }
  await recordStandings(flow.db, flow.freshness, flow.clock());
  await resumeLetters(flow);
  await sendNotices(flow);
  await sendPullRequestNews(flow);
  const digest = await sendDigest(flow);
  const { changed: _, ...counts } = polled;
  return { ...counts, projects, digest };
}
