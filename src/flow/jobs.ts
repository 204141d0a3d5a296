import { z } from "zod";
import { appendEvent } from "../db/deliveries/events.ts";
import { projectsPinning, watchedUpstreams } from "../db/projects/pins.ts";
import { recordProjectFailure, renewProject, returnProject, setProjectsDue } from "../db/projects/projects.ts";
import { deleteMeta, getMeta, setMeta } from "../db/service/meta.ts";
import { renewUpstreams, returnUpstreams } from "../db/upstreams/due-upstreams.ts";
import type { WatchedUpstream } from "../db/upstreams/upstreams.ts";
import { HOUR, type Instant, plus } from "../domain/instant.ts";
import type { Project } from "../domain/project.ts";
import { toFailure } from "../lib/failure.ts";
import { logWith } from "../lib/log.ts";
import type { FlowContext } from "./context.ts";
import { deliverProject } from "./deliver/deliver-project.ts";
import { carryOutDuty, DUTIES } from "./duties.ts";
import { holding, isLeaseLost, until } from "./hold.ts";
import { lookAtPinned } from "./poll/look-at-pinned.ts";
import { jitterOf } from "./poll/next-poll.ts";
import { pollUpstreams } from "./poll/poll-upstreams.ts";
import { type Enqueue, type JobName, tickProjects, tickUpstreams, wishForLetters } from "./ticks.ts";

/** A job's work. It reads what is true from the store: the payload only says where to look. */
type Handler = (flow: FlowContext, payload: unknown, enqueue: Enqueue) => Promise<void>;

/** Polls have a lane of their own: thousands of them hold up no approval. */
export const LANES: Readonly<Partial<Record<JobName, string>>> = { poll: "polls" };

const FIRST_RETRY = 10_000;

const PROJECT = z.object({ id: z.string(), lease: z.string() });
const POLL = z.object({ purls: z.array(z.string()), lease: z.string() });

/** What workers do, by the name of the job. */
export const HANDLERS: Readonly<Record<JobName, Handler>> = {
  project: async (given, payload, enqueue) => {
    const { id, lease } = PROJECT.parse(payload);
    const flow = { ...given, log: logWith(given.log, { project: id }) };
    const project = flow.projects.find((one) => one.id === id);
    if (project === undefined) return; // no longer configured: the hint is stale
    const takenAt = flow.clock();
    const word = until(flow);
    const claim = await renewProject(flow.db, { id, lease }, word, takenAt);
    if (claim === undefined) return; // somebody else has it, or it is done: the hint is stale
    const exchange = async (from: Instant, to: Instant) =>
      (await renewProject(flow.db, { id, lease: from }, to)) !== undefined;
    const free = (mine: Instant) => returnProject(flow.db, { id, lease: mine });
    const isDone = await holding(flow, { given: lease, word, exchange, free }, async (hold) => {
      const outcome = await carryOut({ ...flow, hold }, project);
      const dueAt = await nextMoment(flow, id, outcome);
      await hold.use((mine) => returnProject(flow.db, { id, lease: mine }, { dueAt, takenAt }));
    });
    if (!isDone) return;
    await tickUpstreams(flow, enqueue); // what was found just now has never been asked
    await wishForLetters(flow);
  },
  poll: async (flow, payload, enqueue) => {
    const { purls, lease } = POLL.parse(payload);
    const word = until(flow);
    const taken = await renewUpstreams(flow.db, purls, { from: lease, to: word, now: flow.clock() });
    const exchange = async (from: Instant, to: Instant) => {
      await renewUpstreams(flow.db, taken, { from, to });
      return true; // each of them is somebody else's or ours by itself
    };
    const free = (mine: Instant) => returnUpstreams(flow.db, taken, mine);
    let watched: readonly WatchedUpstream[] = [];
    let changed: readonly string[] = [];
    const isDone = await holding(flow, { given: lease, word, exchange, free }, async (hold) => {
      watched = await watchedUpstreams(flow.db, taken);
      changed = (await pollUpstreams({ ...flow, hold }, watched)).changed; // and all of them are given back
    });
    if (!isDone) return;
    await lookAtPinned(flow, watched);
    await setProjectsDue(flow.db, await projectsPinning(flow.db, changed), flow.clock());
    if (changed.length === 0) return;
    await tickProjects(flow, enqueue);
    await wishForLetters(flow);
  },
  published: dutyJob("published"),
  letters: dutyJob("letters"),
  advisories: dutyJob("advisories"),
  scores: dutyJob("scores"),
  digest: dutyJob("digest"),
  housekeeping: dutyJob("housekeeping"),
  backup: dutyJob("backup"),
  heartbeat: dutyJob("heartbeat"),
};

function dutyJob(name: keyof typeof DUTIES): Handler {
  return (flow, payload, enqueue) => carryOutDuty(DUTIES[name], flow, payload, enqueue);
}

/** Keeps that a job was tried for the last time, where people see it for a day. What it was to do stays due. */
export async function recordGivenUp(flow: FlowContext, job: JobName, error: Error): Promise<void> {
  const cause = error.cause instanceof Error ? error.cause : error; // a database's error quotes the whole statement
  const { message } = toFailure(cause, "unavailable", "It failed");
  await appendEvent(flow.db, { kind: "job-failed", data: { job, message } }, flow.clock());
}

/** Whether everything that a project wanted was done; if not, whether a part of it was, and what the other side asked for. */
type Outcome = { readonly done: boolean; readonly advanced: boolean; readonly retryAt?: Instant | undefined };

/** What throws is kept with the project, and it is tried again later; no outside failure does that. */
async function carryOut(flow: FlowContext, project: Project): Promise<Outcome> {
  try {
    const { deliveries, failures } = await deliverProject(flow, project);
    const failed = deliveries.filter(({ state, channel }) => state === "failed" && channel !== "change");
    const moments = [...failures, ...failed].flatMap(({ retryAt }) => retryAt ?? []).sort();
    return {
      done: failures.length + failed.length === 0,
      advanced: deliveries.some(({ state }) => state === "sent"),
      retryAt: moments[0],
    };
  } catch (thrown) {
    if (isLeaseLost(thrown)) throw thrown;
    const failure = toFailure(thrown, "unavailable", "It could not be looked at");
    flow.log.error(`${project.id}: ${failure.message}`, { project: project.id, error: thrown });
    await recordProjectFailure(flow.db, project.id, failure, flow.clock());
    return { done: false, advanced: false };
  }
}

/** When a project is looked at next. */
async function nextMoment(flow: FlowContext, id: string, outcome: Outcome): Promise<Instant> {
  if (!outcome.done) return nextTryOf(flow, id, outcome);
  await deleteMeta(flow.db, retryKey(id));
  return nextLook(flow, id);
}

/** Once an hour, at a moment of its own, unless the configuration says when. */
function nextLook(flow: FlowContext, id: string): Instant {
  const own = plus(flow.clock(), Math.round(HOUR * (1 - jitterOf(flow.installation, id) / 10)));
  return flow.nextDiscovery?.() ?? own;
}

/** Soon after something failed, later and later while nothing gets better, and never later than without a failure. */
async function nextTryOf(flow: FlowContext, id: string, { advanced, retryAt }: Outcome): Promise<Instant> {
  const tries = advanced ? 0 : Number((await getMeta(flow.db, retryKey(id))) ?? 0);
  await setMeta(flow.db, retryKey(id), Math.min(tries + 1, 20));
  const now = flow.clock();
  const wait = Math.round(FIRST_RETRY * 2 ** tries * (1 + jitterOf(id, now) / 2));
  const wanted = plus(now, Math.min(wait, HOUR));
  return retryAt !== undefined && retryAt > wanted ? retryAt : wanted;
}

function retryKey(id: string): string {
  return `retry/${id}`;
}
