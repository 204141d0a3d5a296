import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { validate as isCron } from "node-cron";
import { z } from "zod";
import { CHANNELS } from "./deliver/channels.ts";
import type { FreshnessTargets } from "./domain/freshness.ts";
import { DAY, HOUR } from "./domain/instant.ts";
import type { DeliveryWish, Policy, Rule, Switches } from "./domain/policy.ts";
import type { Project, ProjectSource } from "./domain/project.ts";
import type { Vouch } from "./domain/trust.ts";
import { formatConfigurationErrors, type RuleError, readCheckedYaml, section } from "./lib/config/checked-yaml.ts";
import { CONFIG_SHAPE } from "./lib/config/schema.ts";
import { trustSection } from "./lib/config/trust.ts";
import { Failure, isFailure } from "./lib/failure.ts";
import type { Network } from "./lib/http/proxy.ts";
import { readNetwork } from "./lib/http/read-network.ts";
import type { ServiceUrls } from "./lib/http/urls.ts";
import type { ImposedBudget } from "./lib/limits/budget.ts";
import type { WriteLimits } from "./lib/limits/write-pace.ts";
import { npmEnvironment } from "./lib/packages/npm-registry.ts";
import { type Environment, readSecrets, type Secrets } from "./lib/secrets/secrets.ts";
import { type KeyEntry, readKeyEntries } from "./lib/verify/pinned-keys.ts";
import { SOURCES } from "./poll/sources.ts";
import { CHECKS } from "./score/checks.ts";
import { SIGNALS } from "./score/signals.ts";

/** The name of the file that is read when nobody names another. */
const DEFAULT_FILE = "config/headgate.yaml";

/** The configuration as it is used: every option present, durations in milliseconds, paths absolute, secrets read. */
export type Config = {
  readonly projects: readonly Project[];
  readonly schedule: {
    readonly timeZone: string;
    /** `null`, also below: at moments of the installation's own. */
    readonly discover: string | null;
    readonly poll: string | null;
    readonly digest: string;
    readonly advisories: string | null;
  };
  readonly policy: Policy;
  readonly freshness: FreshnessTargets;
  readonly vouches: readonly Vouch[];
  readonly trust: { readonly keys: readonly KeyEntry[]; readonly refreshRoots: boolean };
  /** Channel id → its validated options. A channel that is not named is off. */
  readonly deliver: Readonly<Record<string, unknown>>;
  readonly urls: ServiceUrls;
  readonly network: Network & {
    readonly allowPrivate: readonly string[];
    readonly requestsPerHost: number;
    /** Bytes. */
    readonly largestDownload: number;
  } & Budgeting;
  /** How long decisions with their evidence, and raw facts, are kept; milliseconds. */
  readonly retention: { readonly decisions: number; readonly evidence: number };
  /** Asked every two minutes while everything works. */
  readonly service: { readonly pingUrl: string | undefined };
  readonly dataDirectory: string;
  readonly web: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | undefined;
    readonly trustedProxies: readonly string[];
  };
  readonly secrets: Secrets;
};

/**
 * `reserve` (0..1): the part of every budget that polls leave to deliveries. `budgets`: by host, those we set ourselves.
 * `writes`: how many changes one account makes on a forge.
 */
type Budgeting = {
  readonly reserve: number;
  readonly budgets: Readonly<Record<string, ImposedBudget>>;
  readonly writes: WriteLimits;
};

/** The shape of the file: our own sections and one per delivery channel. */
const CONFIG_SCHEMA = section({
  ...CONFIG_SHAPE,
  trust: trustSection(SIGNALS, CHECKS),
  deliver: section(
    Object.fromEntries(CHANNELS.map(({ id, title, options }) => [id, options.optional().describe(title)])),
  )
    .prefault({})
    .describe("what is sent, and to whom; a channel that is named is on, and without one nothing is sent"),
});

type Written = z.output<typeof CONFIG_SCHEMA>;

/**
 * Reads file and environment and reports everything that is wrong at once: the failure's message has a line per error.
 * `watch` replaces the projects of the file: then a missing default file is no error.
 */
export function readConfig(
  options: { file?: string; watch?: string; environment?: Environment } = {},
): Config | Failure {
  const environment = options.environment ?? process.env;
  const named = options.file ?? environment.HEADGATE_CONFIG;
  const file = named ?? DEFAULT_FILE;
  const missing = !existsSync(file);
  if (missing && (named !== undefined || options.watch === undefined)) return missingFile(file);
  const text = missing ? "" : readFileSync(file, "utf8");
  return checkConfig(text, missing ? "the defaults" : file, environment, options.watch);
}

/** Checks a configuration that is not in a file yet; `name` is how errors call it. */
export function readConfigText(text: string, name: string, environment: Environment = process.env): Config | Failure {
  return checkConfig(text, name, environment, undefined);
}

/** Which credentials and ways out the environment names. Nothing of them is read. */
export function presentInEnvironment(environment: Environment = process.env) {
  const has = (name: string) => [name, `${name}_FILE`].some((one) => (environment[one] ?? "") !== "");
  return {
    github: has("GITHUB_TOKEN") || has("GITHUB_APP_ID"),
    mail: has("SMTP_URL"),
    database: has("DATABASE_URL"),
    redis: has("REDIS_URL"),
    proxy: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"].some(has),
  };
}

/** What npm is given of the environment when it is asked for its registry. */
export function environmentOfNpm(environment: Environment = process.env): Record<string, string> {
  return npmEnvironment(environment);
}

/** The policy of somebody who wrote none. */
export function defaultPolicy(): Policy {
  return toPolicy(CONFIG_SCHEMA.parse({ watch: [{ path: "." }] }));
}

function checkConfig(
  text: string,
  file: string,
  environment: Environment,
  watch: string | undefined,
): Config | Failure {
  const { secrets, smtpUrl, webhooks, errors } = readSecrets(environment);
  // The mail server's URL and the folder of the command line join what is written before it is checked.
  const complete = (raw: unknown) => {
    const written = addWebhooks(addSmtpUrl(raw, smtpUrl), webhooks);
    return watch === undefined ? written : { ...(written as object), watch: [{ path: watch }] };
  };
  const read = readCheckedYaml(text, z.preprocess(complete, CONFIG_SCHEMA), crossChecks);
  const network = "errors" in read ? undefined : readNetwork(read.value.network, environment);
  const all = [...("errors" in read ? read.errors : []), ...(network?.errors ?? []), ...errors];
  if (all.length > 0 || "errors" in read || network === undefined)
    return new Failure("misconfigured", formatConfigurationErrors(file, all));
  return normalise(read.value, secrets, network.network);
}

/** The mail server's URL holds a password, so it may come from the environment. */
function addSmtpUrl(raw: unknown, url: string | undefined): unknown {
  const file = raw as { deliver?: { "e-mail"?: object | null } } | null;
  const mail = file?.deliver?.["e-mail"];
  if (url === undefined || mail === undefined || mail === null) return raw;
  return { ...file, deliver: { ...file?.deliver, "e-mail": { url, ...mail } } };
}

/** What the environment holds of webhooks joins the hooks that name its variables; WEBHOOK_SECRET is for all the others. */
function addWebhooks(raw: unknown, variables: Readonly<Record<string, string>>): unknown {
  const file = raw as { deliver?: { webhook?: { hooks?: unknown } | null } } | null;
  const hooks = file?.deliver?.webhook?.hooks;
  if (!Array.isArray(hooks)) return raw;
  const complete = (hook: unknown) => {
    if (typeof hook !== "object" || hook === null) return hook;
    const { "url-from": from, "secret-from": key = "WEBHOOK_SECRET" } = hook as Record<string, string | undefined>;
    const [url, secret] = [from === undefined ? undefined : variables[from], variables[key]];
    return { ...(url !== undefined && { url }), ...(secret !== undefined && { secret }), ...hook };
  };
  return { ...file, deliver: { ...file?.deliver, webhook: { ...file?.deliver?.webhook, hooks: hooks.map(complete) } } };
}

/** What may have a freshness target. */
const FRESH = ["default", "advisories", ...SOURCES.map((source) => source.id)];

/** Rules across options: what no single option can know. */
function crossChecks(written: Written): RuleError[] {
  const names = written.watch.map(nameOf);
  const { "time-zone": timeZone, ...expressions } = written.schedule;
  return [
    ...written.watch.flatMap((entry, index) => {
      const both = (entry.path === undefined) === (entry.repository === undefined);
      return both ? [{ path: ["watch", index], message: "needs either path or repository, not both" }] : [];
    }),
    ...names.flatMap((name, index) => {
      const message = `"${name}" is watched twice: give one of them another name`;
      return names.indexOf(name) === index ? [] : [{ path: ["watch", index, "name"], message }];
    }),
    ...Object.entries(expressions).flatMap(([key, expression]) => {
      const message = `"${expression}" is not a cron expression such as 0 7 * * *`;
      return expression === null || isCron(expression) ? [] : [{ path: ["schedule", key], message }];
    }),
    ...Object.keys(written.freshness).flatMap((source) => {
      const message = `is no source; there are ${FRESH.join(", ")}`;
      return FRESH.includes(source) ? [] : [{ path: ["freshness", source], message }];
    }),
    ...Object.entries(written.trust.keys).flatMap(([upstream, entries]) => {
      const keys = readKeyEntries(entries);
      return isFailure(keys) ? [{ path: ["trust", "keys", upstream], message: keys.message }] : [];
    }),
    ...(written.trust.checks["content-age"] === false
      ? [{ path: ["trust", "checks", "content-age"], message: "cannot be turned off: waits are counted by it" }]
      : []),
    ...(isTimeZone(timeZone)
      ? []
      : [{ path: ["schedule", "time-zone"], message: `"${timeZone}" is not a time zone such as Europe/London` }]),
  ];
}

function normalise(written: Written, secrets: Secrets, network: Network): Config {
  return {
    projects: written.watch.flatMap(toProjects),
    schedule: { ...written.schedule, timeZone: written.schedule["time-zone"] },
    policy: toPolicy(written),
    freshness: { ...FRESHNESS, ...written.freshness },
    vouches: written.trust.vouches.map(({ until, ...vouch }) => ({
      ...vouch,
      points: vouch.points / 10,
      ...(until !== undefined && { until }),
    })),
    trust: {
      keys: Object.entries(written.trust.keys).flatMap(([upstream, entries]) => {
        const keys = readKeyEntries(entries);
        return isFailure(keys) ? [] : [{ upstream, keys }]; // a failure was reported with all other errors
      }),
      refreshRoots: written.trust["refresh-roots"],
    },
    deliver: written.deliver,
    urls: toUrls(written.upstreams),
    network: {
      ...network,
      allowPrivate: written.network["allow-private"],
      reserve: written.network.reserve / 100,
      budgets: written.network.budgets,
      writes: written.network.writes,
      requestsPerHost: written.network["requests-per-host"],
      largestDownload: written.network["largest-download"] * 1024 * 1024,
    },
    retention: written.retention,
    service: { pingUrl: written.service["ping-url"] ?? undefined },
    dataDirectory: resolve(written.storage.directory),
    web: {
      host: written.web.host,
      port: written.web.port,
      publicUrl: written.web["public-url"],
      trustedProxies: written.web["trusted-proxies"],
    },
    secrets,
  };
}

function toProjects(entry: Written["watch"][number]): Project[] {
  const name = nameOf(entry);
  const [owner = "", repository = ""] = (entry.repository ?? "").split("/");
  const source: ProjectSource =
    entry.path === undefined
      ? { kind: "github", owner, name: repository }
      : { kind: "path", path: resolve(entry.path) };
  const branches = entry.branches ?? [undefined];
  return branches.map((branch, index) => ({
    id: index === 0 || branch === undefined ? name : `${name}@${branch}`,
    name,
    source,
    ...(branch !== undefined && { branch }),
    ignorePaths: entry.ignore,
  }));
}

function nameOf(entry: Written["watch"][number]): string {
  const path = entry.repository ?? resolve(entry.path ?? ".");
  return entry.name ?? (basename(path).replace(/[^A-Za-z0-9._-]+/g, "-") || "project");
}

/** The waits of a careful maintainer: 3 days where a registry's clock proves age, 7 where a publisher can move content. */
const WAITS = {
  default: 3 * DAY,
  github: 7 * DAY,
  githubactions: 7 * DAY,
  gitlab: 7 * DAY,
  bitbucket: 7 * DAY,
  docker: 7 * DAY,
  generic: 7 * DAY,
};

/** Polls are at most a day apart, which leaves six hours for tries that fail. Advisories are asked for hourly. */
const FRESHNESS = { default: 30 * HOUR, advisories: 3 * HOUR };

function toPolicy(written: Written): Policy {
  const times = { critical: 24 * HOUR, high: 72 * HOUR, medium: 7 * DAY, ...written["response-times"] };
  return {
    waits: { ...WAITS, ...written.policy.waits },
    rules: written.rules.map(toRule),
    responseTimes: Object.fromEntries(Object.entries(times).filter(([, value]) => typeof value === "number")),
    weights: written.trust.weights,
    signals: given(written.trust.signals),
    checks: given(written.trust.checks),
    allowPrereleases: written.policy.prereleases,
    pin: written.policy.pin,
    settle: written.policy.settle,
    timeZone: written.schedule["time-zone"],
  };
}

/** Without what is not written. */
function given(switches: Readonly<Record<string, boolean | undefined>>): Switches {
  return Object.fromEntries(Object.entries(switches).flatMap(([id, on]) => (on === undefined ? [] : [[id, on]])));
}

function toRule(written: Written["rules"][number]): Rule {
  const reason = written.reason ?? "";
  const wish = toWish(written);
  const match = Object.fromEntries(Object.entries(written.match).filter(([, value]) => value !== undefined));
  return {
    match,
    ...(written.wait !== undefined && { wait: written.wait }),
    ...(written.range !== undefined && { range: { text: written.range, reason } }),
    ...(written.hold === true && { hold: { reason } }),
    ...(written.skip === true && { skip: { reason } }),
    ...(written.pin !== undefined && { pin: written.pin }),
    ...(Object.keys(wish).length > 0 && { deliver: wish }),
  };
}

/** What a rule says of deliveries; what it does not mention is left out. */
function toWish(written: Written["rules"][number]): DeliveryWish {
  const { group, channels, window, labels, reviewers, assignees, draft } = written;
  const [teamReviewers, autoMerge] = [written["team-reviewers"], written["auto-merge"]];
  const openLimit = written["open-limit"];
  const said = { group, channels, window, labels, reviewers, teamReviewers, assignees, draft, autoMerge, openLimit };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** Where Docker Hub is while nobody says otherwise, whatever is said of other registries. */
const DOCKER_HUB = { "docker.io": { url: "https://registry-1.docker.io", hub: "https://hub.docker.com" } };

function toUrls(written: Written["upstreams"]): ServiceUrls {
  const {
    "deps-dev": depsDev,
    "git-hosts": gitHosts,
    "official-images": officialImages,
    "trust-roots": trustRoots,
    registries,
    ...others
  } = written;
  const listed = Object.entries(registries).map(([host, { url, hub, "token-host": tokenHost }]) => [
    host,
    { url, ...(hub !== undefined && { hub }), ...(tokenHost !== undefined && { tokenHost }) },
  ]);
  const npm = { ...others.npm, url: others.npm.url ?? "" };
  const hosts = Object.entries(gitHosts).map(([host, { url, forge }]) => [
    host,
    { url: url ?? `https://${host}`, ...(forge !== undefined && { forge }) },
  ]);
  return {
    ...others,
    npm,
    depsDev,
    trustRoots,
    officialImages,
    gitHosts: Object.fromEntries(hosts),
    registries: { ...DOCKER_HUB, ...Object.fromEntries(listed) },
  };
}

function missingFile(file: string): Failure {
  return new Failure(
    "misconfigured",
    `There is no configuration at ${file}.\nName one with --config FILE or HEADGATE_CONFIG, or let headgate init propose one;\nconfig/headgate.example.yaml shows every option.`,
  );
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The configuration's shape as JSON Schema, for editors (https://json-schema.org/draft/2020-12). */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(CONFIG_SCHEMA, { io: "input", unrepresentable: "any" });
  const { $schema, ...rest } = schema;
  return { $schema, title: "Headgate's configuration", ...rest };
}
