import type { AnswerChanges } from "../../db/releases/answers.ts";
import { setUpstreamsDue } from "../../db/upstreams/due-upstreams.ts";
import { recordPollFailure } from "../../db/upstreams/poll-results.ts";
import { type UpstreamState, upstreamStates, type WatchedUpstream } from "../../db/upstreams/upstreams.ts";
import { targetOf } from "../../domain/freshness.ts";
import type { Instant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import { hostOfUpstream } from "../../domain/upstream.ts";
import { forEachOf } from "../../lib/concurrency/for-each-of.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { announce, poll } from "../../poll/poll.ts";
import type { PollContext } from "../../poll/source.ts";
import type { FlowContext } from "../context.ts";
import { isPatience, jitterOf, nextPoll, nextTry, type Pace, rhythmOf } from "./next-poll.ts";
import { createSettlement, type Settlement } from "./settle-polls.ts";
import { storeHeld } from "./store-held.ts";
import { type PollRecovery, type PollTrouble, tellTroubles } from "./tell-troubles.ts";
import { fromWhomItWas } from "./watch-identity.ts";

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
  const purls = watched.map((one) => one.purl);
  const round: Round = {
    flow,
    context: pollContext(flow),
    states: new Map((await upstreamStates(flow.db, purls)).map((state) => [state.purl, state])),
    settlement: createSettlement(flow),
    outcomes: new Map(),
    deferred: new Map(),
    troubles: [],
    recovered: [],
  };
  const longestDueFirst = watched.toSorted((a, b) => compare(round.states.get(a.purl), round.states.get(b.purl)));
  announce(
    longestDueFirst.map(({ purl }) => purl),
    round.context,
  );
  const hosts = [...Map.groupBy(longestDueFirst, (one) => hostOfUpstream(one.purl))];
  await Promise.all(
    hosts.map(([host, those]) => forEachOf(those, own(AT_ONCE_OF, host) ?? AT_ONCE, (one) => pollOne(round, one))),
  );
  await round.settlement.flush();
  for (const [dueAt, those] of round.deferred)
    await storeHeld(flow, those, (db, mine) => setUpstreamsDue(db, [...mine], dueAt));
  const of = (wanted: Outcome) => purls.filter((purl) => round.outcomes.get(purl) === wanted);
  const unwatched = of("unwatched").length;
  const deferred = of("deferred");
  tellTroubles(flow.log, [...round.troubles, ...round.settlement.refused], answeringAgain(round), flow.clock());
  if (deferred.length > 0) flow.log.info(`${deferred.length} upstreams wait: their hosts asked for patience`);
  return {
    polled: watched.length - unwatched,
    unwatched,
    changed: of("changed"),
    failed: of("failed"),
    deferred,
  };
}

function compare(a: UpstreamState | undefined, b: UpstreamState | undefined): number {
  const [one, other] = [a?.dueAt ?? "", b?.dueAt ?? ""];
  return one < other ? -1 : one > other ? 1 : 0;
}

type Outcome = "changed" | "unchanged" | "failed" | "deferred" | "unwatched";

/** One round of polls: what was known before, and what becomes of it. */
type Round = {
  readonly flow: FlowContext;
  readonly context: PollContext;
  /** What was known of those that were not asked yet: of thousands it would be most of what is in memory. */
  readonly states: Map<string, UpstreamState>;
  readonly settlement: Settlement;
  readonly outcomes: Map<string, Outcome>;
  /** Purls by the moment that their host asked for: usually the same for all of a host. */
  readonly deferred: Map<Instant, string[]>;
  readonly troubles: PollTrouble[];
  /** Those whose poll before this one failed. */
  readonly recovered: PollRecovery[];
};

/** What came back is no good answer where it could not be stored. */
function answeringAgain({ recovered, outcomes }: Round): PollRecovery[] {
  return recovered.filter(({ purl }) => outcomes.get(purl) === "changed" || outcomes.get(purl) === "unchanged");
}

/**
 * Polls of one host under way together. The clients bound how many requests go out; this bounds how many answers wait in
 * memory. GitHub answers for many repositories at once, so that more of them wait for their turn.
 */
const AT_ONCE = 40;
const AT_ONCE_OF: Readonly<Record<string, number>> = { github: 200, githubactions: 200 };

async function pollOne(round: Round, watched: WatchedUpstream): Promise<void> {
  const { flow, settlement, outcomes } = round;
  const { purl, pinnedRefs, tagTemplates } = watched;
  const state = round.states.get(purl);
  round.states.delete(purl);
  const last = { validator: state?.validator, at: state?.lastSuccessAt };
  const polled = await poll({ upstream: purl, pinnedRefs, tagTemplates, last }, round.context);
  const answer = await fromWhomItWas(flow, purl, state, polled);
  const now = flow.clock();
  const pace = { jitter: jitterOf(flow.installation, purl), target: targetOf(flow.freshness, state?.source) };
  const since = state?.failure?.since;
  if (!isFailure(answer) && since !== undefined) round.recovered.push({ purl, since });
  if (isFailure(answer)) {
    outcomes.set(purl, await settleFailure(round, { purl, state }, answer, pace));
  } else if (answer.state === "unchanged") {
    outcomes.set(purl, "unchanged");
    const { validator, asked } = answer;
    const news = validator === state?.validator ? {} : { validator };
    const dueAt = nextPoll(state ?? {}, now, pace);
    await settlement.unchanged({ purl, dueAt, ...news, ...(asked !== undefined && { asked }) });
  } else {
    const { releases, refs, complete, validator, identity, notChecked } = answer;
    const rhythm = rhythmOf(releases);
    const baseline = state?.lastSuccessAt === undefined;
    const content = { releases, refs, complete, baseline, tagTemplates };
    const said = { purl, ...content, validator, identity, notChecked, rhythm };
    await settlement.changed({ ...said, dueAt: nextPoll(rhythm, now, pace) }, (changes) =>
      outcomes.set(purl, outcomeOf(changes)),
    );
  }
}

function outcomeOf(changes: AnswerChanges | undefined): Outcome {
  if (changes === undefined) return "failed";
  return changes.releases.length > 0 ? "changed" : "unchanged";
}

async function settleFailure(
  { flow, deferred, troubles }: Round,
  { purl, state }: { readonly purl: string; readonly state: UpstreamState | undefined },
  failure: Failure,
  pace: Pace,
): Promise<Outcome> {
  if (failure.code === "cancelled") return "deferred"; // its lease is given back or ends by itself
  const now = flow.clock();
  const due = nextTry((state?.failure?.count ?? 0) + 1, failure, now, pace.jitter);
  if (isPatience(failure, state?.lastSuccessAt, now, pace.target)) {
    const others = deferred.get(due);
    if (others === undefined) deferred.set(due, [purl]);
    else others.push(purl);
    return "deferred";
  }
  await storeHeld(flow, [purl], async (db, mine) => {
    if (mine.has(purl)) await recordPollFailure(db, purl, failure, { dueAt: due, now });
  });
  if (failure.code === "misconfigured") return "unwatched"; // said in every digest; nobody needs it in the log each hour
  troubles.push({ purl, failure, retryAt: due, before: state?.failure });
  return "failed";
}

/** The clients, in the shape that sources expect. */
export function pollContext(flow: FlowContext): PollContext {
  return {
    fetcher: flow.fetcher,
    github: flow.reader,
    git: flow.git,
    registry: flow.registry,
    pypiUpdates: flow.pypiUpdates,
    urls: flow.urls,
    now: flow.clock(),
  };
}
