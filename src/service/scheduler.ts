import type { Config } from "../config.ts";
import {
  claimDuties,
  completeDuty,
  type Duty,
  dutyMoment,
  retireDutiesExcept,
  returnDuty,
  type TakenDuty,
} from "../db/service/duties.ts";
import { followClock } from "../db/service/set-back.ts";
import { anyUrgentUpstream, type Urgency } from "../db/upstreams/due-upstreams.ts";
import { type Instant, MINUTE, plus } from "../domain/instant.ts";
import type { FlowContext } from "../flow/context.ts";
import { ownSchedule } from "../flow/own-schedule.ts";
import {
  adoptProjects,
  type Enqueue,
  enqueueDuty,
  type JobName,
  LEASE as LEASE_OF_UPSTREAMS,
  tickProjects,
  tickUpstreams,
} from "../flow/ticks.ts";
import { isFailure } from "../lib/failure.ts";
import type { JobQueue } from "../queue/queue.ts";
import { nextRuns, type Recurring, recur } from "../queue/schedule.ts";

/** What is due is looked up so often: an approval waits no longer. */
const LOOK_EVERY = 2_000;

/** Work of a duty that is not reported done within this is due again: its job was lost. */
const LEASE = 2 * MINUTE;

/** Done here and now, within seconds: where a scheduler died in the middle of it, the next one goes on soon. */
const INLINE = "poll";
const INLINE_LEASE = 20_000;

/** Polls are enqueued until so many batches wait, so that what becomes due later is never far behind. */
const DEEP = 100;

/** After a stop longer than this, no digest is sent before the upstreams have had time to answer again. */
const AWAY = 15 * MINUTE;
const SETTLE = 5 * MINUTE;

/** Looks every two seconds, until it is stopped. */
export async function startScheduler(
  flow: FlowContext,
  queue: JobQueue<JobName>,
  enqueue: Enqueue,
  config: Config,
): Promise<Recurring> {
  const look = await prepareLooks(flow, queue, enqueue, config);
  return recur(LOOK_EVERY, look, { name: "The look at what is due", log: flow.log });
}

/**
 * Gives what looks up what is due and enqueues it; does no work. Everything that is due is a row of the store, so any
 * number of schedulers may run, and one that was away for a day finds what it missed, once.
 */
export async function prepareLooks(
  flow: FlowContext,
  queue: JobQueue<JobName>,
  enqueue: Enqueue,
  config: Config,
): Promise<() => Promise<void>> {
  const startedAt = performance.now();
  const expressions = expressionsOf(config, flow);
  /** For so long no digest is sent; undefined until the store has answered, so that a store that is away keeps nobody from starting. */
  let settling: number | undefined;
  const prepare = async () => {
    await adoptProjects(flow);
    const polledAt = await dutyMoment(flow.db, "poll");
    await retireDutiesExcept(flow.db, [...expressions.keys()]);
    settling = polledAt !== undefined && polledAt < plus(flow.clock(), -AWAY) ? SETTLE : 0;
    return settling;
  };
  await prepare().catch((error: unknown) =>
    flow.log.warn("The store does not answer yet; what is due is looked up as soon as it does.", { error }),
  );
  let lookedAt: Instant = NEVER;
  return async () => {
    const within = settling ?? (await prepare());
    const now = flow.clock();
    const settled = performance.now() - startedAt >= within;
    const planned = dutiesOf(expressions, config.schedule.timeZone);
    if (now < lookedAt) await followSetBack(flow, planned, now);
    lookedAt = now;
    const duties = planned.filter(({ name }) => settled || name !== "digest");
    const taken = await takeDuties(flow, duties, now);
    await tickProjects(flow, enqueue); // after the duties are planned, which new projects hasten
    if (await anyUrgentUpstream(flow.db, now, LEASE_OF_UPSTREAMS)) await enqueuePolls(flow, queue, enqueue, "urgent");
    for (const duty of taken) await carryOut(flow, queue, enqueue, duty);
  };
}

/** Takes what is due of what has a plan, each under the lease that its work needs. */
async function takeDuties({ db }: FlowContext, duties: readonly Duty[], now: Instant): Promise<TakenDuty[]> {
  const { here = [], onQueue = [] } = Object.groupBy(duties, ({ name }) => (name === INLINE ? "here" : "onQueue"));
  return [...(await claimDuties(db, onQueue, now, LEASE)), ...(await claimDuties(db, here, now, INLINE_LEASE))];
}

/** Later than every look: the first one asks, too, whether the clock was set back while nobody looked. */
const NEVER: Instant = "9999-12-31T23:59:59.999Z";

/** Where the clock was set back, what it put off while it ran ahead would wait for that much longer. */
async function followSetBack({ db, log }: FlowContext, planned: readonly Duty[], now: Instant): Promise<void> {
  const polls = planned.find(({ name }) => name === INLINE);
  const ahead = polls === undefined ? 0 : await followClock(db, polls, now);
  if (ahead === 0) return;
  const minutes = Math.round(ahead / MINUTE);
  log.warn(`The clock was set back by some ${minutes} minutes: what was put off by it is due that much earlier.`);
}

/** When the store is backed up, where that is ours to do. */
const DAILY = "17 3 * * *";

/** Cron expressions by what is due at them. */
function expressionsOf({ schedule }: Config, flow: FlowContext): ReadonlyMap<string, string> {
  const { poll, advisories } = ownSchedule(schedule, flow.installation);
  const hourly = ownSchedule({ discover: null, poll: null, advisories: null }, flow.installation).discover;
  return new Map([
    ["poll", poll],
    ["letters", poll],
    ["published", poll],
    ...(flow.pingUrl === undefined ? [] : [["heartbeat", poll] as const]),
    ...(flow.backupsIn === undefined ? [] : [["backup", DAILY] as const]),
    ["advisories", advisories],
    ["scores", hourly],
    ["digest", schedule.digest],
    ["housekeeping", hourly],
  ]);
}

function dutiesOf(expressions: ReadonlyMap<string, string>, timeZone: string): Duty[] {
  return [...expressions].flatMap(([name, expression]) => {
    const runs = nextRuns(expression, timeZone, 1);
    const next = isFailure(runs) ? undefined : runs[0];
    return next === undefined ? [] : [{ name, plan: `${expression} ${timeZone}`, next }]; // no such moment: 30 February
  });
}

async function carryOut(flow: FlowContext, queue: JobQueue<JobName>, enqueue: Enqueue, duty: TakenDuty): Promise<void> {
  if (duty.name === INLINE) {
    const all = await enqueuePolls(flow, queue, enqueue, "due");
    return all ? completeDuty(flow.db, duty) : returnDuty(flow.db, duty);
  }
  await enqueueDuty(enqueue, duty); // its worker says when it is done; what was not taken is due when the lease is over
}

/** False when more are due than the queue should hold: the next look goes on. */
async function enqueuePolls(
  flow: FlowContext,
  queue: JobQueue<JobName>,
  enqueue: Enqueue,
  urgency: Urgency,
): Promise<boolean> {
  for (;;) {
    const depths = await queue.depths();
    if (isFailure(depths)) return true; // not now: the rows are due at the next moment as well
    if (depths.some(({ lane, waiting }) => lane === "polls" && waiting >= DEEP)) return false;
    if ((await tickUpstreams(flow, enqueue, urgency)) === 0) return true;
  }
}
