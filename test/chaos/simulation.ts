import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readConfig } from "../../src/config.ts";
import type { OpenDatabase } from "../../src/db/open/client.ts";
import { type Instant, plus } from "../../src/domain/instant.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { HANDLERS, LANES } from "../../src/flow/jobs.ts";
import { adoptProjects, enqueueDuty, type JobName, tickProjects, tickUpstreams } from "../../src/flow/ticks.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { createSmtp } from "../../src/lib/mail/smtp.ts";
import { type JobQueue, openQueue } from "../../src/queue/queue.ts";
import { enqueueTo } from "../../src/service/enqueue.ts";
import { openFlow } from "../../src/service/open-flow.ts";
import { startWork } from "../../src/service/work.ts";
import { configFor, type StandIns } from "../demo/stand-ins.ts";
import { copyEmpty } from "../support/database.ts";
import { dueDuty } from "../support/due-duty.ts";

/** A warning or an error of the log: when it was first said, with which details, and how often. */
type Complaint = { readonly message: string; readonly at: Instant; readonly data: string; times: number };

/** One process with the embedded store and its queue, on a clock that whoever plays with it sets. */
export type Simulation = {
  readonly flow: FlowContext;
  readonly database: OpenDatabase;
  readonly queue: JobQueue<JobName>;
  readonly now: () => Instant;
  /** Lets time pass, or sets the clock back. */
  readonly pass: (milliseconds: number) => void;
  /** Does what a scheduler does at one look, and waits until the workers have nothing left to do. */
  readonly look: () => Promise<void>;
  /** Carries out what has a schedule. */
  readonly duty: (name: "housekeeping" | "advisories" | "digest") => Promise<void>;
  readonly jobs: () => number;
  readonly complaints: ReadonlyMap<string, Complaint>;
  readonly close: () => Promise<void>;
};

/** What there is before the process starts. `more`: sections of the configuration. */
type Surroundings = {
  /** The moment that it starts at; the world may look at it. */
  readonly clock: { now: Instant };
  /** The one that GitHub's stand-in knows. */
  readonly token: string;
  /** As the process reaches them. */
  readonly standIns: StandIns;
  readonly more?: string;
  /** Milliseconds for each phase of a request, which is made once, and for a letter: where nobody should wait as long as a daemon does. */
  readonly patience?: number;
};

/** Starts a process that works as the daemon's does, but at no speed of its own. */
export async function startSimulation({
  clock,
  token,
  standIns,
  more = "",
  patience,
}: Surroundings): Promise<Simulation> {
  const data = mkdtempSync(join(tmpdir(), "headgate-simulation-"));
  await copyEmpty(data);
  const file = join(data, "headgate.yaml");
  // the trust roots have no stand-in here
  writeFileSync(file, configFor(standIns, data, undefined, more));
  const read = readConfig({ file, environment: { GITHUB_TOKEN: token } });
  if (isFailure(read)) throw read;
  const timeouts = { connectTimeout: patience, headersTimeout: patience, bodyTimeout: patience, retries: 0 };
  const config = patience === undefined ? read : { ...read, network: { ...read.network, ...timeouts } };
  const complaints = new Map<string, Complaint>();
  const complain = (line: string) => {
    const { message, time: _, level: __, ...details } = JSON.parse(line) as Record<string, string>;
    const text = message ?? "";
    const known = complaints.get(text) ?? { message: text, at: clock.now, data: JSON.stringify(details), times: 0 };
    complaints.set(text, known);
    known.times++;
  };
  const log = createLog({ json: true, level: "warn", write: complain });
  const opened = await openFlow(config, log, () => clock.now);
  if (isFailure(opened)) throw opened;
  const { database } = opened;
  const smtp: FlowContext["smtp"] = (url) => createSmtp(url, config.network, patience);
  const flow = patience === undefined ? opened.flow : { ...opened.flow, smtp };
  const names = Object.keys(HANDLERS) as JobName[];
  const queue = await openQueue<JobName>({ backend: { kind: "postgres", pool: database.pool }, names, lanes: LANES });
  if (isFailure(queue)) throw queue;
  let jobs = 0;
  const work = startWork(flow, queue, () => void jobs++);
  const enqueue = enqueueTo(queue, flow);
  await adoptProjects(flow);
  const duty = async (name: JobName) => {
    await enqueueDuty(enqueue, await dueDuty(flow.db, name, clock.now));
    await quiet(queue);
  };
  return {
    flow,
    database,
    queue,
    complaints,
    now: () => clock.now,
    pass: (milliseconds) => {
      clock.now = plus(clock.now, milliseconds);
    },
    look: async () => {
      await tickProjects(flow, enqueue);
      await tickUpstreams(flow, enqueue);
      await quiet(queue);
      await duty("letters");
    },
    duty,
    jobs: () => jobs,
    close: async () => {
      await work.stop(5_000);
      await queue.close();
      await opened.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function quiet(queue: JobQueue<JobName>): Promise<void> {
  for (;;) {
    const counts = await queue.counts();
    if (isFailure(counts)) throw counts;
    if (counts.waiting + counts.active + counts.delayed === 0) return;
    await pause(2);
  }
}
