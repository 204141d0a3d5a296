import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { budgetsAt, pausesAt, type StoredBudget } from "../../db/service/budgets.ts";
import { clockDoubt } from "../../db/service/clock-apart.ts";
import { freshnessBySource } from "../../db/upstreams/freshness.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import { type SourceFreshness, targetOf } from "../../domain/freshness.ts";
import type { HealthLine } from "../../domain/health-line.ts";
import { between, HOUR, latest } from "../../domain/instant.ts";
import type { Project } from "../../domain/project.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { WatchedForge } from "../../lib/forge/forge.ts";
import type { Pause } from "../../lib/limits/host-store.ts";
import { SOURCES } from "../../poll/sources.ts";
import { advisoriesReadAt } from "../advisories/refresh-advisories.ts";
import type { FlowContext } from "../context.ts";
import { readTree } from "../discover/discover-project.ts";
import { type TrustRootLine, trustRoots, trustTroubles } from "../trust/trust-roots.ts";
import { checkPermissions } from "./check-permissions.ts";

/** Looks at everything Headgate stands on, and says of each what is wrong and what to do. */
export async function checkHealth(flow: FlowContext): Promise<HealthLine[]> {
  const sources = await freshnessBySource(flow.db, flow.freshness, flow.clock());
  const services = Object.entries(servicesOf(flow, new Set(sources.map(({ source }) => source))));
  return [
    {
      subject: "configuration",
      state: "ok",
      message: `${flow.projects.length} watched: ${flow.projects.map((project) => project.id).join(", ")}`,
    },
    ...(await Promise.all(flow.projects.map((project) => projectHealth(flow, project)))).flat(),
    await storeHealth(flow),
    await queueHealth(flow),
    { subject: "network", state: "ok", message: flow.networking },
    ...(await trustHealthOf(flow)),
    ...(await Promise.all(Object.values(flow.forges).map((forge) => credentialHealth(flow, forge)))).flat(),
    ...(await checkPermissions(flow)),
    ...(await Promise.all(CHANNELS.map((channel) => channelHealth(flow, channel)))),
    ...(await alertHealth(flow)),
    ...sources.map(freshnessHealth),
    await advisoriesHealth(flow),
    ...(await budgetsAt(flow.db, flow.clock())).map(budgetHealth),
    ...(await pausesAt(flow.db, flow.clock())).map(pauseHealth),
    ...(await Promise.all(services.map(([subject, url]) => serviceHealth(flow, subject, url)))),
  ];
}

/** Where state is kept; a server has a clock of its own, by which this process's is checked. */
async function storeHealth({ db, storage, backupsIn, clock }: FlowContext): Promise<HealthLine> {
  const doubt = backupsIn === undefined ? await clockDoubt(db, clock) : undefined;
  const message = doubt === undefined ? storage : `${storage}. ${doubt}`;
  return { subject: "store", state: doubt === undefined ? "ok" : "lacking", message };
}

/** Whether jobs can travel: where they do so through a server of their own, it is asked. */
async function queueHealth({ queueing, probeQueue }: FlowContext): Promise<HealthLine> {
  const subject = "queue";
  const doubts = (await probeQueue?.()) ?? [];
  if (isFailure(doubts)) return { subject, state: "broken", message: doubts.message };
  return { subject, state: doubts.length === 0 ? "ok" : "lacking", message: [queueing, ...doubts].join(". ") };
}

/** A folder that is not there, or a repository that cannot be read; of those that can nothing is said. */
async function projectHealth(flow: FlowContext, project: Project): Promise<HealthLine[]> {
  const tree = await readTree(flow, project);
  return isFailure(tree) ? [{ subject: `watched ${project.id}`, state: "broken", message: tree.message }] : [];
}

/** One line per alert that nobody has resolved; none where there is nothing wrong. */
async function alertHealth(flow: FlowContext): Promise<HealthLine[]> {
  return (await standingAlerts(flow.db)).map((alert) => ({
    subject: `alert ${alert.id} (${alert.project}, ${alert.severity})`,
    state: alert.state === "open" ? "broken" : "lacking",
    message: `${alert.summary} ${alert.acknowledged === undefined ? alert.next : `Acknowledged by ${alert.acknowledged.by}.`}`,
  }));
}

/** What has never answered is not well, however short a time it has been watched. */
function freshnessHealth(one: SourceFreshness): HealthLine {
  const { source, target, upstreams, stale, oldest, silent, silentSince } = one;
  const subject = `freshness of ${source}`;
  const never = `${silent} of ${upstreams} upstreams have never answered, watched since ${silentSince ?? "an unknown time"}`;
  const hours = `${target / HOUR} h`;
  if (stale > 0) {
    const message = `${stale} of ${upstreams} upstreams have given no good answer for ${hours}, one not since ${oldest}`;
    return { subject, state: "broken", message: silent === 0 ? message : `${message}; ${never}` };
  }
  if (silent > 0) return { subject, state: "lacking", message: `${never}: \`headgate plan\` says why` };
  return { subject, state: "ok", message: `upstreams: ${upstreams}, none older than ${hours}` };
}

async function advisoriesHealth(flow: FlowContext): Promise<HealthLine> {
  const subject = "freshness of advisories";
  const readAt = await advisoriesReadAt(flow);
  const target = targetOf(flow.freshness, "advisories");
  if (readAt === undefined)
    return { subject, state: "ok", message: "asked about with each plan; the daemon asks hourly" };
  const state = between(readAt, flow.clock()) > target ? "broken" : "ok";
  return { subject, state, message: `all read at ${readAt}; at most ${target / HOUR} h old is wanted` };
}

function budgetHealth({ name, limit, remaining, resetAt }: StoredBudget): HealthLine {
  const state = remaining > 0 ? "ok" : "lacking";
  return {
    subject: `budget ${name}`,
    state,
    message: `${remaining} of ${limit} requests can still be taken until ${resetAt}`,
  };
}

function pauseHealth({ name, limitedUntil, closedUntil, trouble }: Pause): HealthLine {
  const until = latest(limitedUntil, closedUntil);
  return { subject: name, state: "lacking", message: `left alone until ${until}: ${trouble}` };
}

async function trustHealthOf(flow: FlowContext): Promise<HealthLine[]> {
  const troubles = await trustTroubles(flow.db);
  return (await trustRoots(flow, {})).map((line) => {
    const health = trustHealth(line);
    const trouble = troubles.get(line.name);
    if (trouble === undefined) return health;
    const message = `${health.message}; not renewed since ${trouble.since}: ${trouble.message}. Let it be reached, name a mirror (upstreams.trust-roots), or turn it off (trust.refresh-roots: false)`;
    return { ...health, state: "lacking", message };
  });
}

function trustHealth({ name, source, at, expires }: TrustRootLine): HealthLine {
  const subject = `trust root ${name}`;
  if (source === "missing") {
    return { subject, state: "lacking", message: "none yet: headgate trust-roots --refresh fetches and verifies it" };
  }
  const since = source === "shipped" ? "as shipped" : `refreshed at ${at}`;
  return { subject, state: "ok", message: `${since}, to be renewed by ${expires ?? "an unknown date"}` };
}

async function credentialHealth(flow: FlowContext, given: WatchedForge): Promise<HealthLine[]> {
  const { title, without, forge } = given;
  if (!isAsked(flow, given)) return [];
  const subject = `${title} credential`;
  if (forge === undefined) {
    const costs = [without.upstreams, without.projects].filter((cost) => cost !== undefined).join("; ");
    return [{ subject, state: "lacking", message: `none: ${costs}. ${without.advice}` }];
  }
  const accepted = await forge.checkCredential();
  return isFailure(accepted)
    ? [{ subject, state: "broken", message: accepted.message }]
    : [{ subject, state: "ok", message: `accepted: ${accepted}` }];
}

/** Forges that watched projects are on, and those that upstreams are read from. */
function isAsked({ projects }: FlowContext, { id, without }: WatchedForge): boolean {
  return without.upstreams !== undefined || projects.some(({ source }) => source.kind === id);
}

async function channelHealth(flow: FlowContext, channel: (typeof CHANNELS)[number]): Promise<HealthLine> {
  const subject = `channel ${channel.id}`;
  const options = flow.deliver[channel.id];
  if (options === undefined)
    return { subject, state: "off", message: `to turn it on, name ${channel.id} under deliver` };
  const well = await channel.probe?.({ options, forges: watchedForges(flow), smtp: flow.smtp });
  return isFailure(well)
    ? { subject, state: "broken", message: well.message }
    : { subject, state: "ok", message: well ?? "on" };
}

/** The forges that watched projects are on; all there are where none is. */
function watchedForges({ projects, forges }: FlowContext): WatchedForge[] {
  const kinds = new Set<string>(projects.map(({ source }) => source.kind));
  const watched = Object.values(forges).filter(({ id }) => kinds.has(id));
  return watched.length === 0 ? Object.values(forges) : watched;
}

async function serviceHealth(flow: FlowContext, subject: string, url: string): Promise<HealthLine> {
  const answer = await flow.fetcher.fetch({ url, maxBytes: 1024 * 1024, timeout: 10_000 });
  if (isFailure(answer) && answer.code !== "too-large")
    return { subject, state: "broken", message: unheard(url, answer) };
  if (!isFailure(answer) && answer.status >= 500)
    return { subject, state: "broken", message: `${url} answered ${answer.status}` };
  return { subject, state: "ok", message: `${url} answers` };
}

/** Most failures name the host themselves. */
function unheard(url: string, { message }: Failure): string {
  return message.includes(new URL(url).host) ? message : `${url}: ${message}`;
}

/** What sources ask is looked at where something of theirs is watched: nobody has to open a way to the others. */
function servicesOf(flow: FlowContext, watched: ReadonlySet<string>): Record<string, string> {
  const { urls } = flow;
  const asked = Object.values(flow.forges).filter((forge) => isAsked(flow, forge));
  const registries = Object.entries(urls.registries).map(([host, { url }]) => [`registry ${host}`, `${url}/v2/`]);
  const ofSources = SOURCES.flatMap(({ id, service }) =>
    service === undefined || !watched.has(id) ? [] : [[id, service(urls)]],
  );
  return {
    ...Object.fromEntries(asked.map(({ title, web }) => [title, web])),
    ...Object.fromEntries(ofSources),
    OSV: urls.osv.url,
    ...Object.fromEntries(registries),
    "deps.dev": urls.depsDev.url,
    Scorecard: urls.scorecard.url,
    "endoflife.date": urls.endoflife.url,
  };
}
