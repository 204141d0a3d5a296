import { recordRefs } from "../db/refs.ts";
import { recordReleases, releasesOf } from "../db/releases.ts";
import {
  recordPollFailure,
  recordPollSuccess,
  setUpstreamsDue,
  upstreamState,
  type WatchedUpstream,
} from "../db/upstreams.ts";
import { targetOf } from "../domain/freshness.ts";
import { isFailure } from "../lib/failure.ts";
import { poll } from "../poll/poll.ts";
import type { PollContext } from "../poll/source.ts";
import type { FlowContext } from "./context.ts";
import { isPatience, jitterOf, nextPoll, nextTry, rhythmOf } from "./next-poll.ts";
import { raiseAlerts } from "./raise-alerts.ts";

/**
 * What a round of polls found, as purls. `deferred`: their host asked for patience, and nothing is too old yet; `unwatched`
 * counts those of kinds that nothing here polls.
 */
export type PollSummary = {
  readonly polled: number;
  readonly unwatched: number;
  readonly changed: readonly string[];
  readonly failed: readonly string[];
  readonly deferred: readonly string[];
};

/** Asks every given upstream, stores what it says, and sets when to ask again. One that fails does not disturb the others. */
export async function pollUpstreams(flow: FlowContext, watched: readonly WatchedUpstream[]): Promise<PollSummary> {
  const context = pollContext(flow);
  // All at once on purpose: polls of one moment share requests, and the clients bound how many go out.
  const outcomes = await Promise.all(watched.map((upstream) => pollOne(flow, upstream, context)));
  const of = (wanted: Outcome) =>
    watched.filter((_, index) => outcomes[index] === wanted).map((upstream) => upstream.purl);
  const unwatched = of("unwatched").length;
  const deferred = of("deferred");
  if (deferred.length > 0) flow.log.info(`${deferred.length} upstreams wait: their hosts asked for patience`);
  return {
    polled: watched.length - unwatched,
    unwatched,
    changed: of("changed"),
    failed: of("failed"),
    deferred,
  };
}

type Outcome = "changed" | "unchanged" | "failed" | "deferred" | "unwatched";

async function pollOne(flow: FlowContext, watched: WatchedUpstream, context: PollContext): Promise<Outcome> {
  const { purl } = watched;
  const state = await upstreamState(flow.db, purl);
  const last = state?.validator === undefined ? {} : { last: { validator: state.validator } };
  const answer = await poll(
    { upstream: purl, pinnedRefs: watched.pinnedRefs, tagTemplates: watched.tagTemplates, ...last },
    context,
  );
  const now = flow.clock();
  const jitter = jitterOf(flow.installation, purl);
  const target = targetOf(flow.freshness, state?.source);
  if (isFailure(answer)) {
    const due = nextTry((state?.failure?.count ?? 0) + 1, answer.retryAt, now, jitter);
    if (isPatience(answer, state?.lastSuccessAt, now, target)) {
      await setUpstreamsDue(flow.db, [purl], due);
      return "deferred";
    }
    await recordPollFailure(flow.db, purl, answer, due, now);
    if (answer.code === "misconfigured") return "unwatched"; // said in every digest; nobody needs it in the log each hour
    flow.log.warn(`${purl}: ${answer.message}`, { code: answer.code, retryAt: due });
    return "failed";
  }
  if (answer.state === "unchanged") {
    const known = state?.newestAt !== undefined || state?.rhythm !== undefined;
    const rhythm = known ? state : rhythmOf(await releasesOf(flow.db, purl));
    await recordPollSuccess(flow.db, purl, { ...answer, rhythm }, nextPoll(rhythm, now, { jitter, target }), now);
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
  const rhythm = rhythmOf(answer.releases);
  await recordPollSuccess(flow.db, purl, { ...answer, rhythm }, nextPoll(rhythm, now, { jitter, target }), now);
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
