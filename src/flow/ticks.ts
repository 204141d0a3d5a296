import { claimDueProjects, ensureProjects, retireProjectsExcept, returnProject } from "../db/projects/projects.ts";
import { hastenDuty, type TakenDuty } from "../db/service/duties.ts";
import { batches } from "../db/sql/row.ts";
import { claimDueUpstreams, returnUpstreams, type Urgency } from "../db/upstreams/due-upstreams.ts";
import { type Instant, MINUTE, plus } from "../domain/instant.ts";
import { hostOfUpstream } from "../domain/upstream.ts";
import type { FlowContext } from "./context.ts";
import { jitterOf } from "./poll/next-poll.ts";

/** Puts a job on the queue; false when the queue did not take it. `id` makes a repeated hint one job. */
export type Enqueue = (name: JobName, payload: unknown, id: string) => Promise<boolean>;

/** The jobs there are. */
export type JobName =
  | "project"
  | "poll"
  | "published"
  | "letters"
  | "digest"
  | "advisories"
  | "scores"
  | "housekeeping"
  | "heartbeat"
  | "backup";

/** Whoever waits longer in the queue, or was not heard of for so long, has lost what it had taken. */
export const LEASE = MINUTE;
const PROJECTS = 20;
const UPSTREAMS = 1_000;
/** So many of one host wait or are asked at once: a slow one must not fill the queue. */
const OF_ONE_HOST = 2_000;
const BATCH = 50;

/** Makes the configured projects known, and lets go of those that are configured no longer. */
export async function adoptProjects(flow: FlowContext): Promise<void> {
  await retireProjectsExcept(
    flow.db,
    flow.projects.map((project) => project.id),
  );
  await ensureProjects(flow.db, flow.projects, flow.clock());
}

/**
 * Claims the projects whose time has come, and enqueues a job for each. Each claim is a job of its own: one of the same id
 * as a job that is just ending would be dropped, and the project would wait until its lease is over.
 */
export async function tickProjects(flow: FlowContext, enqueue: Enqueue): Promise<number> {
  const claimed = await claimDueProjects(flow.db, flow.clock(), PROJECTS, LEASE);
  const taken = await enqueueUntilRefused(claimed, (claim) =>
    enqueue("project", claim, `${safe(claim.id)}-${digitsOf(claim.lease)}`),
  );
  for (const claim of claimed.slice(taken)) await returnProject(flow.db, claim);
  return taken;
}

/**
 * Puts one after another on the queue, and gives how many it took. Where it takes one no more, it is away, full or can only
 * be read: the others need not wait for that in turn, nor until their leases are over.
 */
async function enqueueUntilRefused<One>(those: readonly One[], put: (one: One) => Promise<boolean>): Promise<number> {
  for (const [index, one] of those.entries()) if (!(await put(one))) return index;
  return those.length;
}

/**
 * Claims upstreams whose time has come, and enqueues them in batches of one host, so that a slow host holds up no other.
 * Gives how many were enqueued; as many as it takes at once means that there may be more.
 */
export async function tickUpstreams(flow: FlowContext, enqueue: Enqueue, urgency: Urgency = "due"): Promise<number> {
  const now = flow.clock();
  const lease = plus(now, LEASE);
  const claimed = await claimDueUpstreams(flow.db, now, {
    limit: UPSTREAMS,
    leaseMs: LEASE,
    ofOneHost: OF_ONE_HOST,
    urgency,
  });
  const jobs = [...Map.groupBy(claimed, hostOfUpstream)].flatMap(([host, those]) =>
    batches(those, BATCH).map((purls, index) => {
      const id = `${safe(host)}-${index * BATCH}-${digitsOf(lease)}-${hintOf(purls)}`;
      return { purls, id };
    }),
  );
  const taken = await enqueueUntilRefused(jobs, ({ purls, id }) => enqueue("poll", { purls, lease }, id));
  await returnUpstreams(
    flow.db,
    jobs.slice(taken).flatMap(({ purls }) => purls),
    lease,
  );
  return jobs.slice(0, taken).reduce((sum, { purls }) => sum + purls.length, 0);
}

/**
 * Trouble is told within seconds: the duty is due. A hint of our own would be dropped as a copy of the job that is just
 * ending, and has looked already.
 */
export function wishForLetters(flow: FlowContext): Promise<void> {
  return hastenDuty(flow.db, "letters", flow.clock());
}

/** Enqueues the work of a duty that was taken: each claim is a job of its own. False when the queue did not take it. */
export function enqueueDuty(enqueue: Enqueue, duty: TakenDuty): Promise<boolean> {
  return enqueue(duty.name as JobName, duty, `${digitsOf(duty.slot)}-${digitsOf(duty.lease)}`);
}

/** A second claim of one host within a millisecond is another job. */
function hintOf(purls: readonly string[]): string {
  return Math.floor(jitterOf(...purls) * 2 ** 32).toString(36);
}

/** A moment, as job ids can hold it. */
function digitsOf(instant: Instant): string {
  return instant.replace(/[^0-9T]/g, "");
}

function safe(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/g, "-");
}
