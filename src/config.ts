import { existsSync, readFileSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { crossChecks } from "./config/cross-checks.ts";
import { addSmtpUrl, addWebhooks } from "./config/join-environment.ts";
import { toPolicy } from "./config/policy.ts";
import { toProjects } from "./config/projects.ts";
import { CHECKOUT_SCHEMA, CONFIG_SCHEMA, type Written } from "./config/shape.ts";
import { toUrls } from "./config/urls.ts";
import type { FreshnessTargets } from "./domain/freshness.ts";
import { HOUR } from "./domain/instant.ts";
import type { Policy } from "./domain/policy.ts";
import { type Project, TOKEN_FORGE_IDS, type TokenForgeId } from "./domain/project.ts";
import type { Vouch } from "./domain/trust.ts";
import { formatConfigurationErrors, readCheckedYaml } from "./lib/config/checked-yaml.ts";
import { Failure, isFailure } from "./lib/failure.ts";
import { fileTrouble } from "./lib/file-trouble.ts";
import { PROFILES } from "./lib/forge/profiles.ts";
import type { Network } from "./lib/http/proxy.ts";
import { readNetwork } from "./lib/http/read-network.ts";
import type { ServiceUrls } from "./lib/http/urls.ts";
import type { ImposedBudget } from "./lib/limits/budget.ts";
import type { WriteLimits } from "./lib/limits/write-pace.ts";
import { npmEnvironment } from "./lib/packages/npm-registry.ts";
import { type Environment, readSecrets, type Secrets } from "./lib/secrets/secrets.ts";
import { type KeyEntry, readKeyEntries } from "./lib/verify/signatures/pinned-keys.ts";

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

/**
 * Reads file and environment and reports everything that is wrong at once: the failure's message has a line per error.
 * `optional`: the command is about a checkout of its own. Then it is no error that the default file is missing, or that a
 * file names nothing to watch. `checkout`: its folder, which may be a stranger's.
 */
export function readConfig(
  options: { file?: string; optional?: boolean; checkout?: string; environment?: Environment } = {},
): Config | Failure {
  const environment = options.environment ?? process.env;
  const named = options.file ?? environment.HEADGATE_CONFIG;
  const file = named ?? DEFAULT_FILE;
  const schema = options.optional === true ? CHECKOUT_SCHEMA : CONFIG_SCHEMA;
  if (existsSync(file)) {
    const text = readText(file);
    if (isFailure(text)) return text;
    const config = checkConfig(text, file, environment, schema);
    if (isFailure(config) || named !== undefined || options.checkout === undefined) return config;
    const usual = checkConfig("{}", "the defaults", environment, CHECKOUT_SCHEMA);
    return isFailure(usual) ? usual : (refusalOfStranger(file, options.checkout, { config, usual }) ?? config);
  }
  if (named !== undefined || options.optional !== true) return missingFile(file);
  return checkConfig("{}", "the defaults", environment, schema);
}

/**
 * Nobody named this file: it lies in a checkout that somebody looks at, and may be its author's. What it says of the policy
 * is about that checkout alone; where our credentials go, what of the network is asked and where is written, it must not say.
 */
function refusalOfStranger(
  file: string,
  checkout: string,
  { config, usual }: { readonly config: Config; readonly usual: Config },
): Failure | undefined {
  const inside = relative(realpathSync(checkout), realpathSync(file));
  if (inside.startsWith("..") || isAbsolute(inside)) return undefined;
  const parts = { upstreams: "urls", network: "network", storage: "dataDirectory" } as const;
  const told = Object.entries(parts).filter(([, part]) => !isDeepStrictEqual(config[part], usual[part]));
  if (told.length === 0) return undefined;
  const names = told.map(([name]) => name).join(" and ");
  return new Failure(
    "misconfigured",
    `${file} is a part of the checkout that is looked at, and changes ${names}: it could send your tokens elsewhere. If it is yours, name it: --config ${file}`,
  );
}

/** Checks a configuration that is not in a file yet; `name` is how errors call it. */
export function readConfigText(text: string, name: string, environment: Environment = process.env): Config | Failure {
  return checkConfig(text, name, environment, CONFIG_SCHEMA);
}

/** Which credentials and ways out the environment names. Nothing of them is read. */
export function presentInEnvironment(environment: Environment = process.env) {
  const has = (name: string) => [name, `${name}_FILE`].some((one) => (environment[one] ?? "") !== "");
  const forges = TOKEN_FORGE_IDS.map((id) => [id, has(PROFILES[id].without.variable)]);
  return {
    ...(Object.fromEntries(forges) as Record<TokenForgeId, boolean>),
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
  schema: typeof CONFIG_SCHEMA | typeof CHECKOUT_SCHEMA,
): Config | Failure {
  const { secrets, smtpUrl, webhooks, errors } = readSecrets(environment);
  // What the environment says of the mail server and of webhooks joins what is written before it is checked.
  const complete = (raw: unknown) => addWebhooks(addSmtpUrl(raw, smtpUrl), webhooks);
  const read = readCheckedYaml(text, z.preprocess(complete, schema), crossChecks);
  const network = "errors" in read ? undefined : readNetwork(read.value.network, environment);
  const all = [...("errors" in read ? read.errors : []), ...(network?.errors ?? []), ...errors];
  if (all.length > 0 || "errors" in read || network === undefined)
    return new Failure("misconfigured", formatConfigurationErrors(file, all));
  return normalise(read.value, secrets, network.network);
}

function normalise(written: Written, secrets: Secrets, network: Network): Config {
  return {
    projects: written.watch.flatMap(toProjects),
    schedule: { ...written.schedule, timeZone: written.schedule["time-zone"] },
    policy: toPolicy(written),
    freshness: { ...FRESHNESS, ...written.freshness },
    vouches: written.trust.vouches.map(toVouch),
    trust: { keys: toKeys(written.trust.keys), refreshRoots: written.trust["refresh-roots"] },
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

function toVouch({ until, ...vouch }: Written["trust"]["vouches"][number]): Vouch {
  return { ...vouch, points: vouch.points / 10, ...(until !== undefined && { until }) };
}

function toKeys(written: Written["trust"]["keys"]): KeyEntry[] {
  return Object.entries(written).flatMap(([upstream, entries]) => {
    const keys = readKeyEntries(entries);
    return isFailure(keys) ? [] : [{ upstream, keys }]; // a failure was reported with all other errors
  });
}

/** Polls are at most a day apart, which leaves six hours for tries that fail. Advisories are asked for hourly. */
const FRESHNESS = { default: 30 * HOUR, advisories: 3 * HOUR };

function readText(file: string): string | Failure {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return new Failure("misconfigured", `The configuration ${file} cannot be read: ${fileTrouble(error)}.`);
  }
}

function missingFile(file: string): Failure {
  return new Failure(
    "misconfigured",
    `There is no configuration at ${file}.\nName one with --config FILE or HEADGATE_CONFIG, or let headgate init propose one;\nconfig/headgate.example.yaml shows every option.`,
  );
}

/** The configuration's shape as JSON Schema, for editors (https://json-schema.org/draft/2020-12). */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(CONFIG_SCHEMA, { io: "input", unrepresentable: "any" });
  const { $schema, ...rest } = schema;
  return { $schema, title: "Headgate's configuration", ...rest };
}
