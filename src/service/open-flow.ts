import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Config, environmentOfNpm } from "../config.ts";
import { type OpenDatabase, openDatabase } from "../db/open/client.ts";
import { blobCache } from "../db/projects/blobs.ts";
import { createHostStore } from "../db/service/budgets.ts";
import { instanceId } from "../db/service/meta.ts";
import type { Instant } from "../domain/instant.ts";
import { VERSION } from "../domain/product.ts";
import type { FlowContext } from "../flow/context.ts";
import { createOsv, type Osv } from "../lib/advisories/osv.ts";
import { onceAMinute } from "../lib/concurrency/once-a-minute.ts";
import { type Failure, isFailure } from "../lib/failure.ts";
import { createFetcher, type Fetcher } from "../lib/fetcher.ts";
import { openForges } from "../lib/forge/forges.ts";
import { createGitRemote } from "../lib/git/remote.ts";
import { createGitHub, type GitHub } from "../lib/github/client.ts";
import { createGitHubReader } from "../lib/github/upstream/reader.ts";
import type { FetcherOptions } from "../lib/http/fetcher-options.ts";
import type { HostStore } from "../lib/limits/host-store.ts";
import { createWritePace } from "../lib/limits/write-pace.ts";
import { type Log, withoutValues } from "../lib/log.ts";
import { createSmtp } from "../lib/mail/smtp.ts";
import { takenLetters } from "../lib/mail/taken-letters.ts";
import { npmRegistry } from "../lib/packages/npm-registry.ts";
import { createPypiChangelog } from "../lib/packages/pypi-changelog.ts";
import { createPypiUpdates } from "../lib/packages/pypi-updates.ts";
import { createRegistry } from "../lib/registry/client.ts";
import { hookSecrets, secretTexts } from "../lib/secrets/secrets.ts";
import { keysFor } from "../lib/verify/signatures/pinned-keys.ts";
import { probeRedis } from "../queue/redis.ts";
import { nextRuns } from "../queue/schedule.ts";

/** How Headgate names itself to every service that it asks. */
export const USER_AGENT = `Headgate/${VERSION} (+https://github.com/headgate/headgate)`;

/** Everything that flow functions need, opened. `close` gives it back in reverse order. */
export type OpenedFlow = {
  readonly flow: FlowContext;
  readonly database: OpenDatabase;
  readonly close: () => Promise<void>;
};

/** What a configuration makes of an open store: the clients, and what it says. `close` ends the clients alone. */
export type BuiltFlow = { readonly flow: FlowContext; readonly close: () => Promise<void> };

/** Within so many milliseconds a process knows what others noted of hosts. An embedded store has no others. */
const HOST_REFRESH = 2_000;

/** Opens the store and the clients. Nothing is asked and nothing runs yet. */
export async function openFlow(config: Config, given: Log, clock: () => Instant = now): Promise<OpenedFlow | Failure> {
  const log = withoutValues(given, secretsOf(config));
  const complete = withNpmRegistry(config); // npm is a program of its own: it answers while the store opens
  const database = await openStore(config, log);
  if (isFailure(database)) return database;
  const built = await buildFlow(await complete, database, log, clock);
  return {
    flow: built.flow,
    database,
    close: async () => {
      await built.close();
      await database.close();
    },
  };
}

/** Opens the store that a configuration names. */
export function openStore(config: Config, log: Log): Promise<OpenDatabase | Failure> {
  return openDatabase({ url: config.secrets.databaseUrl, dataDir: config.dataDirectory, log });
}

/** The configuration with the npm registry that npm names, where it names none itself. */
export async function withNpmRegistry(config: Config): Promise<Config> {
  const { npm, ...urls } = config.urls;
  if (npm.url !== "") return config;
  return { ...config, urls: { ...urls, npm: { ...npm, url: await npmRegistry(environmentOfNpm()) } } };
}

/** Builds the clients over an open store, of a configuration that `withNpmRegistry` gave. */
export async function buildFlow(
  config: Config,
  database: OpenDatabase,
  log: Log,
  clock: () => Instant = now,
): Promise<BuiltFlow> {
  const hostStore = createHostStore(database.db, randomUUID());
  const hostRefresh = database.kind === "embedded" ? Number.POSITIVE_INFINITY : HOST_REFRESH;
  const fetcher = fetcherFor(config, log, clock, { hostStore, hostRefresh });
  const github = githubOf(config, fetcher, { hostStore, log, clock });
  const blobs = blobCache(database.db, clock);
  const flow: FlowContext = {
    ...settingsOf(config),
    ...clientsOf(config, fetcher, clock),
    ...surroundingsOf(config, database),
    db: database.db,
    installation: await instanceId(database.db),
    fetcher,
    github,
    reader: github === undefined ? undefined : createGitHubReader(github),
    forges: openForges({
      urls: config.urls,
      fetcher,
      tokens: config.secrets.forgeTokens,
      github,
      blobs: { get: blobs.read, put: blobs.write },
    }),
    log,
    clock,
  };
  return { flow, close: () => fetcher.close() };
}

function githubOf(
  { secrets, urls, network }: Config,
  fetcher: Fetcher,
  { hostStore, log, clock }: { readonly hostStore: HostStore; readonly log: Log; readonly clock: () => Instant },
): GitHub | undefined {
  if (secrets.github === undefined) return undefined;
  const { host } = new URL(urls.github.api);
  const pace = createWritePace({ ...network.writes, host, store: hostStore, clock, report: reportTo(log) });
  return createGitHub({ fetcher, urls: urls.github, credential: secrets.github, pace });
}

/** The clients of services that need no credential of a forge. */
function clientsOf({ secrets, urls, network, dataDirectory }: Config, fetcher: Fetcher, clock: () => Instant) {
  const pypiUpdates = urls.pypi.changes === "changelog" ? createPypiChangelog : createPypiUpdates;
  return {
    git: createGitRemote(fetcher),
    pypiUpdates: pypiUpdates(fetcher, urls.pypi.url, clock),
    registry: createRegistry(fetcher, urls.registries, (host) => secrets.registryLogins[host]),
    osv: createOsv(fetcher, urls),
    smtp: (url: string) => createSmtp(url, network),
    taken: takenLetters(dataDirectory),
  };
}

/** Where state is kept and how jobs travel. */
function surroundingsOf({ secrets, dataDirectory }: Config, { kind }: OpenDatabase) {
  const isEmbedded = kind === "embedded";
  return {
    storage: isEmbedded ? `embedded PostgreSQL under ${dataDirectory}` : "PostgreSQL server",
    queueing: secrets.redisUrl === undefined ? "through the store" : "through Redis",
    probeQueue: probeOf(secrets.redisUrl),
    backupsIn: isEmbedded ? dataDirectory : undefined,
  };
}

/** What follows from a configuration alone. */
function settingsOf(config: Config) {
  return {
    projects: config.projects,
    policy: config.policy,
    freshness: config.freshness,
    vouches: config.vouches,
    retention: config.retention,
    trust: {
      directory: join(config.dataDirectory, "trust"),
      refresh: config.trust.refreshRoots,
      keysOf: (upstream: string) => keysFor(config.trust.keys, upstream),
    },
    deliver: config.deliver,
    publicUrl: config.web.publicUrl,
    urls: config.urls,
    largestDownload: config.network.largestDownload,
    networking: networkingOf(config),
    pingUrl: config.service.pingUrl,
    nextDiscovery: nextDiscoveryOf(config),
  };
}

/** OSV alone, without a store: limits and pauses are this process's own. `close` ends its connections. */
export function openOsv(config: Config, log: Log): { readonly osv: Osv; readonly close: () => Promise<void> } {
  const fetcher = fetcherFor(config, withoutValues(log, secretsOf(config)), now, {});
  return { osv: createOsv(fetcher, config.urls), close: () => fetcher.close() };
}

function probeOf(url: string | undefined): FlowContext["probeQueue"] {
  return url === undefined ? undefined : () => probeRedis(url);
}

function fetcherFor(
  config: Config,
  log: Log,
  clock: () => Instant,
  shared: Pick<FetcherOptions, "hostStore" | "hostRefresh">,
): Fetcher {
  const { requestsPerHost, largestDownload: _, writes: __, ...network } = config.network;
  return createFetcher({
    userAgent: USER_AGENT,
    ...network,
    concurrency: requestsPerHost,
    logins: config.secrets.logins,
    clock: () => Date.parse(clock()),
    ...shared,
    report: reportTo(log),
  });
}

function nextDiscoveryOf({ schedule }: Config): FlowContext["nextDiscovery"] {
  const { discover, timeZone } = schedule;
  if (discover === null) return undefined;
  return () => {
    const runs = nextRuns(discover, timeZone, 1);
    return isFailure(runs) ? undefined : runs[0];
  };
}

/**
 * What no log may hold: the environment's secrets, the passwords of addresses that channels were given, and the path of the
 * ping, which keeps the alarm silent.
 */
export function secretsOf({ secrets, network, deliver, service }: Config): string[] {
  const options = Object.values(deliver).flatMap((one) => Object.values(one ?? {}));
  const urls = options.filter((value) => typeof value === "string");
  const paths =
    service.pingUrl === undefined ? [] : [new URL(service.pingUrl).pathname].filter((path) => path.length >= 8);
  return [...secretTexts(secrets, network.proxy, ...urls), ...hookSecrets(deliver.webhook), ...paths];
}

function networkingOf({ network }: Config): string {
  const { proxy, noProxy, certificateAuthorities } = network;
  const around = noProxy.length === 0 ? "" : `, but not to ${noProxy.join(", ")}`;
  const way = proxy === undefined ? "direct" : `through the proxy at ${new URL(proxy).host}${around}`;
  const own = certificateAuthorities.length;
  return own === 0 ? way : `${way}; ${own} certificate authorities of network.ca-file are trusted`;
}

/** Hears that what processes share cannot be read. */
function reportTo(log: Log): (error: unknown) => void {
  return onceAMinute((error) =>
    log.warn("The store of budgets does not answer; this process counts alone.", { error }),
  );
}

function now(): Instant {
  return new Date().toISOString();
}
