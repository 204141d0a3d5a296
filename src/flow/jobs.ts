import { z } from "zod";
import { projectsPinning, watchedUpstreams } from "../db/pins.ts";
import { claimDueProjects, ensureProjects, retireProjectsExcept, setProjectsDue } from "../db/projects.ts";
import { claimDueUpstreams } from "../db/upstreams.ts";
import { HOUR, type Instant, MINUTE, plus } from "../domain/instant.ts";
import { hostOfUpstream } from "../domain/upstream.ts";
import type { FlowContext } from "./context.ts";
import { deliverProject } from "./deliver-project.ts";
import { lookAtPinned } from "./look-at-pinned.ts";
import { jitterOf } from "./next-poll.ts";
import { pollUpstreams } from "./poll-upstreams.ts";
import { resumeLetters } from "./post-letters.ts";
import { refreshAdvisories } from "./refresh-advisories.ts";
import { sendDigest } from "./send-digest.ts";
import { sendNotices } from "./send-notices.ts";

/** Puts a job on the queue. `id` makes a repeated hint one job. */
export type Enqueue = (name: JobName, payload: unknown, id: string) => Promise<void>;

/** The jobs there are. */
export type JobName = "project" | "poll" | "letters" | "digest" | "advisories";

/** A job's work. It reads what is true from the store: the payload only says where to look. */
export type Handler = (flow: FlowContext, payload: unknown, enqueue: Enqueue) => Promise<void>;

const LEASE = 15 * MINUTE;
const PROJECTS = 20;
const UPSTREAMS = 500;
const BATCH = 50;

/** What workers do, by the name of the job. */
export const HANDLERS: Readonly<Record<JobName, Handler>> = {
  project: async (flow, payload, enqueue) => {
    const { id } = z.object({ id: z.string() }).parse(payload);
    const project = flow.projects.find((one) => one.id === id);
    if (project === undefined) return; // no longer configured: the hint is stale
    await deliverProject(flow, project);
    await setProjectsDue(
      flow.db,
      [id],
      plus(flow.clock(), Math.round(HOUR * (1 - jitterOf(flow.installation, id) / 10))),
    );
    await tickUpstreams(flow, enqueue, flow.clock()); // what was found just now has never been asked
    await tickLetters(flow, enqueue, flow.clock());
  },
  poll: async (flow, payload, enqueue) => {
    const { purls } = z.object({ purls: z.array(z.string()) }).parse(payload);
    const watched = await watchedUpstreams(flow.db, purls);
    const { changed } = await pollUpstreams(flow, watched);
    await lookAtPinned(flow, watched);
    await setProjectsDue(flow.db, await projectsPinning(flow.db, changed), flow.clock());
    if (changed.length === 0) return;
    await tickProjects(flow, enqueue, flow.clock());
    await tickLetters(flow, enqueue, flow.clock());
  },
  letters: async (flow) => {
    await resumeLetters(flow);
    await sendNotices(flow);
  },
  advisories: async (flow, _payload, enqueue) => {
    const { asked, changed, failed } = await refreshAdvisories(flow);
    flow.log.info(`Advisories of ${asked} versions: ${changed.length} upstreams with news, ${failed} not answered`);
    if (changed.length > 0) await tickProjects(flow, enqueue, flow.clock());
  },
  digest: async (flow) => {
    const { summary } = await sendDigest(flow);
    flow.log.info(summary);
  },
};

/** Makes the configured projects known, and lets go of those that are configured no longer. */
export async function adoptProjects(flow: FlowContext): Promise<void> {
  await retireProjectsExcept(
    flow.db,
    flow.projects.map((project) => project.id),
  );
  await ensureProjects(flow.db, flow.projects, flow.clock());
}

/** Claims the projects whose time has come, and enqueues a job for each. */
export async function tickProjects(flow: FlowContext, enqueue: Enqueue, slot: Instant): Promise<number> {
  const now = flow.clock();
  const claimed = await claimDueProjects(flow.db, now, PROJECTS, LEASE);
  for (const id of claimed) await enqueue("project", { id }, `${safe(id)}-${slotId(slot)}`);
  return claimed.length;
}

/** Claims the upstreams whose time has come, and enqueues them in batches of one host, so that a slow host holds up no other. */
export async function tickUpstreams(flow: FlowContext, enqueue: Enqueue, slot: Instant): Promise<number> {
  const now = flow.clock();
  const claimed = await claimDueUpstreams(flow.db, now, UPSTREAMS, LEASE);
  for (const [host, purls] of Map.groupBy(claimed, hostOfUpstream)) {
    for (let start = 0; start < purls.length; start += BATCH) {
      const id = `${safe(host)}-${start}-${slotId(slot)}`;
      await enqueue("poll", { purls: purls.slice(start, start + BATCH) }, id);
    }
  }
  return claimed.length;
}

/** It is time to ask about advisories again. */
export async function tickAdvisories(_flow: FlowContext, enqueue: Enqueue, slot: Instant): Promise<void> {
  await enqueue("advisories", {}, slotId(slot));
}

/** Trouble is told at once, and letters that were not taken are tried again. */
export async function tickLetters(_flow: FlowContext, enqueue: Enqueue, slot: Instant): Promise<void> {
  await enqueue("letters", {}, `letters-${slotId(slot)}`);
}

/** The digest's time has come. */
export async function tickDigest(_flow: FlowContext, enqueue: Enqueue, slot: Instant): Promise<void> {
  await enqueue("digest", {}, slotId(slot));
}

/** The second, as job ids can hold it: the same slot of a schedule is one job, whoever ticks. */
function slotId(slot: Instant): string {
  return slot.slice(0, 19).replace(/[^0-9T]/g, "");
}

function safe(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/g, "-");
}
