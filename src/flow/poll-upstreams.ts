import { recordRefs } from "../db/refs.ts";
import { recordReleases, releasesOf } from "../db/releases.ts";
import { recordPollFailure, recordPollSuccess, upstreamState, type WatchedUpstream } from "../db/upstreams.ts";
import { isFailure } from "../lib/failure.ts";
import { poll } from "../poll/poll.ts";
import type { PollContext } from "../poll/source.ts";
import type { FlowContext } from "./context.ts";
import { jitterOf, nextPoll, nextTry } from "./next-poll.ts";
import { raiseAlerts } from "./raise-alerts.ts";

/** What a round of polls found. `changed` and `failed` are purls; `unwatched` counts those of kinds that nothing here polls. */
export type PollSummary = {
  readonly polled: number;
  readonly unwatched: number;
  readonly changed: readonly string[];
  readonly failed: readonly string[];
};

/** Asks every given upstream, stores what it says, and sets when to ask again. One that fails does not disturb the others. */
export async function pollUpstreams(flow: FlowContext, watched: readonly WatchedUpstream[]): Promise<PollSummary> {
  const context = pollContext(flow);
  // All at once on purpose: polls of one moment share requests, and the clients bound how many go out.
  const outcomes = await Promise.all(watched.map((upstream) => pollOne(flow, upstream, context)));
  const of = (wanted: Outcome) =>
    watched.filter((_, index) => outcomes[index] === wanted).map((upstream) => upstream.purl);
  const unwatched = of("unwatched").length;
  return { polled: watched.length - unwatched, unwatched, changed: of("changed"), failed: of("failed") };
}

type Outcome = "changed" | "unchanged" | "failed" | "unwatched";

async function pollOne(flow: FlowContext, watched: WatchedUpstream, context: PollContext): Promise<Outcome> {
  const { purl } = watched;
  const state = await upstreamState(flow.db, purl);
  const last = state?.validator === undefined ? {} : { last: { validator: state.validator } };
  const answer = await poll(
    { upstream: purl, pinnedRefs: watched.pinnedRefs, tagTemplates: watched.tagTemplates, ...last },
    context,
  );
  const now = flow.clock();
  const jitter = jitterOf(purl);
  if (isFailure(answer)) {
    const due = nextTry((state?.failure?.count ?? 0) + 1, answer.retryAt, now, jitter);
    await recordPollFailure(flow.db, purl, answer, due, now);
    if (answer.code === "misconfigured") return "unwatched"; // said in every digest; nobody needs it in the log each hour
    flow.log.warn(`${purl}: ${answer.message}`, { code: answer.code, retryAt: due });
    return "failed";
  }
  if (answer.state === "unchanged") {
    await recordPollSuccess(flow.db, purl, answer, nextPoll(await releasesOf(flow.db, purl), now, jitter), now);
    return "unchanged";
  }
  const changes = await recordReleases(flow.db, purl, answer.releases, {
    baseline: state?.lastSuccessAt === undefined,
    complete: answer.complete,
    tagTemplates: watched.tagTemplates,
    now,
  });
  await recordRefs(flow.db, purl, answer.refs, now);
  await raiseAlerts(flow, purl, changes);
  await recordPollSuccess(flow.db, purl, answer, nextPoll(answer.releases, now, jitter), now);
  return changes.length > 0 ? "changed" : "unchanged";
}

/** The clients, in the shape that sources expect. */
export function pollContext(flow: FlowContext): PollContext {
  return {
    fetcher: flow.fetcher,
    github: flow.reader,
    git: flow.git,
    registry: flow.registry,
    urls: flow.urls,
    now: flow.clock(),
  };
}
