import { randomBytes, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import type { Config } from "./config.ts";
import { blobCache } from "./db/blobs.ts";
import { createHostStore, pruneHosts } from "./db/budgets.ts";
import { type OpenDatabase, openDatabase } from "./db/client.ts";
import { instanceId } from "./db/meta.ts";
import type { Instant } from "./domain/instant.ts";
import type { NextRun } from "./domain/overview.ts";
import { VERSION } from "./domain/product.ts";
import type { FlowContext } from "./flow/context.ts";
import {
  adoptProjects,
  type Enqueue,
  HANDLERS,
  type JobName,
  tickAdvisories,
  tickDigest,
  tickLetters,
  tickProjects,
  tickUpstreams,
} from "./flow/jobs.ts";
import { ownSchedule } from "./flow/own-schedule.ts";
import { pruneStore } from "./flow/prune-store.ts";
import { keepTrustRoots } from "./flow/trust-roots.ts";
import { watchAdvisories, watchFreshness } from "./flow/watch-freshness.ts";
import { removeDaemonFile, writeDaemonFile } from "./lib/daemon-file.ts";
import { type Failure, isFailure, toFailure } from "./lib/failure.ts";
import { createFetcher } from "./lib/fetcher.ts";
import { createGitRemote } from "./lib/git.ts";
import { createGitHub } from "./lib/github.ts";
import { createGitHubForge } from "./lib/github-forge.ts";
import { createGitHubReader } from "./lib/github-reader.ts";
import { type Log, withoutValues } from "./lib/log.ts";
import { npmRegistry } from "./lib/npm-registry.ts";
import { createOsv } from "./lib/osv.ts";
import { createPypiUpdates } from "./lib/pypi-updates.ts";
import { createRegistry } from "./lib/registry.ts";
import { secretTexts } from "./lib/secrets.ts";
import { createSmtp } from "./lib/smtp.ts";
import { takenLetters } from "./lib/taken-letters.ts";
import { keysFor } from "./lib/verify/pinned-keys.ts";
import { type JobQueue, openQueue, type QueueBackend } from "./queue/queue.ts";
import { nextRuns, type Schedule, schedule } from "./queue/schedule.ts";
import { startWorkers } from "./queue/worker.ts";
import { createApp } from "./web/app.ts";
import { createLoginLinks } from "./web/login-links.ts";

/** How Headgate names itself to every service that it asks. */
export const USER_AGENT = `Headgate/${VERSION} (+https://github.com/headgate/headgate)`;

/** What a process takes part in. */
export type Role = "all" | "scheduler" | "worker" | "web";

/** Everything that flow functions need, opened. `close` gives it back in reverse order. */
export type OpenedFlow = {
  readonly flow: FlowContext;
  readonly database: OpenDatabase;
  readonly close: () => Promise<void>;
};

/** A running process. `lacking`: what it does without, and what that costs, as sentences. */
export type Service = {
  readonly lacking: readonly string[];
  /** Absent where this process serves none. */
  readonly dashboard?: ServedDashboard;
  readonly close: () => Promise<void>;
};

/** Where the dashboard is, and links that log a browser in once. */
export type ServedDashboard = { readonly url: string; readonly loginLink: () => string };

const CONCURRENCY = 4;
/** Within so many milliseconds a process knows what others noted of hosts. An embedded store has no others. */
const HOST_REFRESH = 2_000;
const STOP_WITHIN = 3_000;

/** Opens the store and the clients. Nothing is asked and nothing runs yet. */
export async function openFlow(config: Config, given: Log, clock: () => Instant = now): Promise<OpenedFlow | Failure> {
  const log = withoutValues(given, secretsOf(config));
  const database = await openDatabase({ url: config.secrets.databaseUrl, dataDir: config.dataDirectory });
  if (isFailure(database)) return database;
  const { requestsPerHost, ...network } = config.network;
  const { secrets } = config;
  const fetcher = createFetcher({
    userAgent: USER_AGENT,
    ...network,
    concurrency: requestsPerHost,
    logins: secrets.logins,
    clock: () => Date.parse(clock()),
    hostStore: createHostStore(database.db, randomUUID()),
    hostRefresh: database.kind === "embedded" ? Number.POSITIVE_INFINITY : HOST_REFRESH,
    report: oncePerMinute((error) =>
      log.warn("The store of budgets does not answer; this process counts alone.", { error }),
    ),
  });
  const { npm } = config.urls;
  const urls = { ...config.urls, npm: { ...npm, url: npm.url === "" ? await npmRegistry() : npm.url } };
  const github =
    secrets.github === undefined ? undefined : createGitHub({ fetcher, urls: urls.github, credential: secrets.github });
  const blobs = blobCache(database.db, clock());
  const flow: FlowContext = {
    db: database.db,
    projects: config.projects,
    policy: config.policy,
    freshness: config.freshness,
    installation: await instanceId(database.db),
    vouches: config.vouches,
    retention: config.retention,
    trust: {
      directory: join(config.dataDirectory, "trust"),
      refresh: config.trust.refreshRoots,
      keysOf: (upstream) => keysFor(config.trust.keys, upstream),
    },
    deliver: config.deliver,
    publicUrl: config.web.publicUrl,
    urls,
    fetcher,
    github,
    reader: github === undefined ? undefined : createGitHubReader(github),
    forge: github === undefined ? undefined : createGitHubForge(github),
    git: createGitRemote(fetcher),
    pypiUpdates: createPypiUpdates(fetcher, urls.pypi.url, clock),
    registry: createRegistry(fetcher, urls.registries, (host) => secrets.registryLogins[host]),
    osv: createOsv(fetcher, urls),
    smtp: (url) => createSmtp(url, config.network),
    taken: takenLetters(config.dataDirectory),
    blobs: { get: blobs.read, put: blobs.write },
    networking: networkingOf(config),
    storage: database.kind === "embedded" ? `embedded PostgreSQL under ${config.dataDirectory}` : "PostgreSQL server",
    queueing: secrets.redisUrl === undefined ? "through the store" : "through Redis",
    log,
    clock,
  };
  return {
    flow,
    database,
    close: async () => {
      await fetcher.close();
      await database.close();
    },
  };
}

/** Starts the parts that a role has, and stops them in reverse order. */
export async function startService(
  config: Config,
  role: Role,
  log: Log,
  clock: () => Instant = now,
): Promise<Service | Failure> {
  const opened = await openFlow(config, log, clock);
  if (isFailure(opened)) return opened;
  const { flow, database } = opened;
  const url = config.secrets.redisUrl;
  const backend: QueueBackend = url === undefined ? { kind: "postgres", pool: database.pool } : { kind: "redis", url };
  const queue = await openQueue<JobName>({ backend, names: Object.keys(HANDLERS) as JobName[] });
  if (isFailure(queue)) {
    await opened.close();
    return queue;
  }
  const stops: (() => Promise<unknown>)[] = [opened.close, queue.close];
  const enqueue = enqueueTo(queue, flow);
  const has = (part: Role) => role === "all" || role === part;
  const close = async () => {
    for (const stop of stops.toReversed()) await stop();
  };
  // The edge first: when its port is taken, nothing has been started yet.
  const web = has("web") ? await startWeb(flow, config, () => tickProjects(flow, enqueue, flow.clock())) : undefined;
  if (isFailure(web)) {
    await close();
    return web;
  }
  if (web !== undefined) stops.push(web.stop);
  if (has("worker")) stops.push(startWork(flow, queue, enqueue));
  if (has("scheduler")) stops.push(await startTicks(flow, enqueue, config));
  return {
    lacking: lackingOf(config),
    ...(web !== undefined && { dashboard: web.dashboard }),
    close,
  };
}

function startWork(flow: FlowContext, queue: JobQueue<JobName>, enqueue: Enqueue): () => Promise<unknown> {
  const bind = (name: JobName) => (payload: unknown) => HANDLERS[name](flow, payload, enqueue);
  const handlers = {
    project: bind("project"),
    poll: bind("poll"),
    letters: bind("letters"),
    digest: bind("digest"),
    advisories: bind("advisories"),
  };
  const workers = startWorkers(queue, handlers, { concurrency: CONCURRENCY, log: flow.log });
  return () => workers.close(STOP_WITHIN);
}

/** A job that could not be enqueued is not lost: its rows stay due, and the next tick finds them. */
function enqueueTo(queue: JobQueue<JobName>, flow: FlowContext): Enqueue {
  return async (name, payload, id) => {
    const failure = await queue.enqueue(name, payload, { id });
    if (failure !== undefined) flow.log.warn(`${failure.message} The rows stay due.`, { job: name });
  };
}

/** The dashboard, and the API that commands talk to while this process owns the store. */
async function startWeb(
  flow: FlowContext,
  config: Config,
  carryOut: () => Promise<unknown>,
): Promise<{ readonly dashboard: ServedDashboard; readonly stop: () => Promise<unknown> } | Failure> {
  const { host, port } = config.web;
  const token = config.secrets.httpToken ?? randomBytes(24).toString("base64url");
  const world = config.web.publicUrl === undefined ? [] : [new URL(config.web.publicUrl).hostname];
  const links = createLoginLinks(flow.clock);
  const hosts = [host, "127.0.0.1", "localhost", "[::1]", ...world];
  const app = createApp(flow, { token, hosts, links, nextRuns: () => nextRunsOf(config, flow), carryOut });
  const server = await listen(app, host, port);
  if (isFailure(server)) return server;
  const address = server.address() as AddressInfo;
  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${address.port}`;
  writeDaemonFile(config.dataDirectory, { url, token, pid: process.pid });
  const stop = () => {
    removeDaemonFile(config.dataDirectory);
    return new Promise((resolve) => {
      server.close(resolve);
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  };
  return { dashboard: { url, loginLink: () => url + links.make() }, stop };
}

/** When what is scheduled comes next, soonest first. */
function nextRunsOf({ schedule: written }: Config, flow: FlowContext): NextRun[] {
  const { discover, poll, advisories } = ownSchedule(written, flow.installation);
  const runs = [
    ["Files of projects are read", discover],
    ["Upstreams that are due are asked", poll],
    ["Advisories are asked for", advisories],
    ["The digest is sent", written.digest],
  ] as const;
  return runs
    .flatMap(([what, expression]) => {
      const next = nextRuns(expression, written.timeZone, 1);
      return isFailure(next) ? [] : next.map((at) => ({ what, at }));
    })
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

function listen(
  app: ReturnType<typeof createApp>,
  hostname: string,
  port: number,
): Promise<ReturnType<typeof serve> | Failure> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname, port }, () => resolve(server));
    server.on("error", (error) => {
      const advice = "another program has that port, perhaps another Headgate: set web.port, or 0 for any free one";
      resolve(toFailure(error, "misconfigured", `${hostname}:${port} cannot be listened on (${advice})`));
    });
  });
}

/** Cron only claims what is due and enqueues it. The first ticks come at once: nobody waits an hour for a first look. */
async function startTicks(flow: FlowContext, enqueue: Enqueue, config: Config): Promise<() => Promise<unknown>> {
  await adoptProjects(flow);
  const { digest, timeZone } = config.schedule;
  const { discover, poll, advisories } = ownSchedule(config.schedule, flow.installation);
  const ticks = [
    [discover, (slot: Instant) => tickHour(flow, enqueue, slot)],
    [poll, (slot: Instant) => tickUpstreams(flow, enqueue, slot)],
    [poll, (slot: Instant) => tickLetters(flow, enqueue, slot)],
    [digest, (slot: Instant) => tickDigest(flow, enqueue, slot)],
    [advisories, (slot: Instant) => tickAdvisories(flow, enqueue, slot)],
  ] as const;
  const running: Schedule[] = [];
  for (const [expression, tick] of ticks) {
    const started = schedule(expression, timeZone, async (slot) => void (await tick(slot)), flow.log);
    if (isFailure(started)) flow.log.error(started.message);
    else running.push(started);
  }
  await tickProjects(flow, enqueue, flow.clock());
  await tickUpstreams(flow, enqueue, flow.clock());
  return () => Promise.all(running.map((one) => one.stop()));
}

/** Not at the start: after a longer stop everything is old, and its polls have only just been enqueued. */
async function tickHour(flow: FlowContext, enqueue: Enqueue, slot: Instant): Promise<void> {
  await tickProjects(flow, enqueue, slot);
  await watchFreshness(flow);
  await watchAdvisories(flow);
  await keepTrustRoots(flow, slot);
  await pruneHosts(flow.db, flow.clock());
  await pruneStore(flow);
}

/** What no log may hold: the environment's secrets, and the passwords of addresses that channels were given. */
function secretsOf({ secrets, network, deliver }: Config): string[] {
  const options = Object.values(deliver).flatMap((one) => Object.values(one ?? {}));
  return secretTexts(secrets, network.proxy, ...options.filter((value) => typeof value === "string"));
}

function networkingOf({ network }: Config): string {
  const { proxy, noProxy, certificateAuthorities } = network;
  const around = noProxy.length === 0 ? "" : `, but not to ${noProxy.join(", ")}`;
  const way = proxy === undefined ? "direct" : `through the proxy at ${new URL(proxy).host}${around}`;
  const own = certificateAuthorities.length;
  return own === 0 ? way : `${way}; ${own} certificate authorities of network.ca-file are trusted`;
}

function lackingOf({ secrets, deliver, projects }: Config): string[] {
  const watchesGitHub = projects.some((project) => project.source.kind === "github");
  return [
    ...(secrets.github === undefined
      ? [
          `GITHUB_TOKEN: tags come by the git protocol; release notes, trust facts${watchesGitHub ? ", files of repositories" : ""} and pull requests are not possible.`,
        ]
      : []),
    ...secrets.registryHelpers.map(
      (host) =>
        `${host}: its login is kept by a credential helper, and Headgate starts no programs; add it under auths in DOCKER_CONFIG. Asked anonymously.`,
    ),
    ...(deliver["e-mail"] === undefined
      ? ["deliver.e-mail: no digest is sent; `headgate digest --preview FILE` shows it."]
      : []),
  ];
}

function oncePerMinute(report: (error: unknown) => void): (error: unknown) => void {
  let last = 0;
  return (error) => {
    if (Date.now() - last < 60_000) return;
    last = Date.now();
    report(error);
  };
}

function now(): Instant {
  return new Date().toISOString();
}
