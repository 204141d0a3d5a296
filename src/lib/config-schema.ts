import { z } from "zod";
import { DAY } from "../domain/instant.ts";
import { section } from "./checked-yaml.ts";
import { isAddressBlock } from "./client-address.ts";
import { parseDuration } from "./duration.ts";
import { NO_PROXY_ENTRY } from "./proxy.ts";
import { parseWindow } from "./window.ts";

/** `90s`, `15m`, `24h`, `3d`, `1w` as milliseconds. */
const duration = z
  .union([z.string(), z.number()], { error: "must be a duration such as 15m, 24h, 3d or 1w" })
  .transform((text, context) => {
    const milliseconds = parseDuration(String(text));
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({ code: "custom", message: `must be a duration such as 15m, 24h, 3d or 1w, not "${text}"` });
    return z.NEVER;
  });

const baseUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .refine((url) => new URL(url).username === "" && new URL(url).password === "", {
    error: "must not hold a login: put it into the file that NETRC names",
  })
  .transform((url) => url.replace(/(?<!\/)\/+$/, ""));
/** Names, with `*`, and the base URL of the index that alone is asked for them. */
const privateIndexes = z.record(z.string(), baseUrl).default({});
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: "must be a date such as 2027-01-31" })
  .transform((text) => new Date(text).toISOString());
const responseTime = z.union([z.literal("next-major"), duration]);

const watchEntry = section({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must consist of letters, digits, dots, dashes and underscores")
    .optional(),
  path: z.string().optional(),
  repository: z
    .string()
    .regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, "must be owner/name on GitHub")
    .optional(),
  branches: z.array(z.string().min(1)).min(1).optional(),
  ignore: z.array(z.string()).default([]),
});

const names = z.array(z.string().min(1).max(50)).max(20);

const rule = section({
  match: section({
    project: z.string().optional(),
    upstream: z.string().optional(),
    kind: z.string().optional(),
    path: z.string().optional(),
    step: z.enum(["major", "minor", "patch", "digest", "pin", "revert", "other"]).optional(),
    vouched: z.boolean().optional(),
  }),
  wait: duration.optional(),
  range: z.string().optional(),
  hold: z.boolean().optional(),
  skip: z.boolean().optional(),
  pin: z.boolean().optional(),
  reason: z.string().optional(),
  group: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,40}$/,
      "must consist of small letters, digits and dashes: it becomes part of a branch's name",
    )
    .optional(),
  channels: z.array(z.string()).optional(),
  window: z
    .string()
    .refine((text) => parseWindow(text) !== undefined, "must be days and hours such as Mon-Fri 08:00-17:00")
    .optional(),
  labels: names.optional(),
  reviewers: names.optional(),
  "team-reviewers": names.optional(),
  assignees: names.optional(),
  draft: z.boolean().optional(),
  "auto-merge": z.enum(["off", "merge", "squash", "rebase"]).optional(),
  "open-limit": z
    .number()
    .int()
    .min(1)
    .max(500)
    .optional()
    .describe(
      "pull requests of what the rule matches that may be open at once; fixes of advisories do not wait for a place",
    ),
}).check((context) => {
  const { range, hold, skip, reason } = context.value;
  if (reason !== undefined || (range === undefined && hold !== true && skip !== true)) return;
  context.issues.push({
    code: "custom",
    input: context.value,
    path: ["reason"],
    message: "is missing: range, hold and skip are shown to people with their reason",
  });
});

const weight = z.number().min(0).max(100);

/**
 * Every option but those of the channels, which bring their own. Defaults are the values that run unattended with
 * no token: one checkout, gentle schedules, the waits of a careful maintainer.
 */
export const CONFIG_SHAPE = {
  watch: z.array(watchEntry).min(1, "must name at least one project"),
  schedule: section({
    "time-zone": z.string().default("UTC"),
    discover: z.string().nullable().default(null),
    poll: z.string().nullable().default(null),
    digest: z.string().default("0 7 * * *"),
    advisories: z.string().nullable().default(null),
  }).prefault({}),
  freshness: z.record(z.string(), duration).default({}),
  policy: section({
    waits: z.record(z.string(), duration).default({}),
    prereleases: z.boolean().default(false),
    pin: z.boolean().default(false),
    settle: duration.default(3_600_000),
  }).prefault({}),
  rules: z.array(rule).default([]),
  "response-times": section({ critical: responseTime, high: responseTime, medium: responseTime, low: responseTime })
    .partial()
    .prefault({}),
  upstreams: section({
    github: section({
      api: baseUrl.default("https://api.github.com"),
      graphql: baseUrl.default("https://api.github.com/graphql"),
      web: baseUrl.default("https://github.com"),
    }).prefault({}),
    pypi: section({ url: baseUrl.default("https://pypi.org"), private: privateIndexes }).prefault({}),
    npm: section({ url: baseUrl.optional(), private: privateIndexes }).prefault({}),
    rubygems: section({ url: baseUrl.default("https://rubygems.org") }).prefault({}),
    golang: section({
      url: baseUrl.default("https://proxy.golang.org"),
      private: z.array(z.string().min(1)).default([]),
    }).prefault({}),
    maven: section({ url: baseUrl.default("https://repo1.maven.org/maven2") }).prefault({}),
    cargo: section({ url: baseUrl.default("https://index.crates.io") }).prefault({}),
    "git-hosts": z
      .record(z.string(), section({ url: baseUrl.optional(), forge: z.enum(["gitlab", "gitea"]).optional() }))
      .default({}),
    registries: z
      .record(z.string(), section({ url: baseUrl, hub: baseUrl.optional(), "token-host": z.string().optional() }))
      .default({ "docker.io": { url: "https://registry-1.docker.io", hub: "https://hub.docker.com" } }),
    osv: section({ url: baseUrl.default("https://api.osv.dev") }).prefault({}),
    "deps-dev": section({ url: baseUrl.default("https://api.deps.dev") }).prefault({}),
    scorecard: section({ url: baseUrl.default("https://api.scorecard.dev") }).prefault({}),
    endoflife: section({ url: baseUrl.default("https://endoflife.date") }).prefault({}),
    "trust-roots": section({
      sigstore: baseUrl.default("https://tuf-repo-cdn.sigstore.dev"),
      github: baseUrl.default("https://tuf-repo.github.com"),
    }).prefault({}),
    kev: section({ url: baseUrl }).exactOptional(),
    epss: section({ url: baseUrl }).exactOptional(),
    "official-images": section({
      url: baseUrl.default("https://raw.githubusercontent.com/docker-library/official-images/master"),
    }).prefault({}),
    downloads: section({
      pypi: baseUrl.default("https://pypistats.org"),
      npm: baseUrl.default("https://api.npmjs.org"),
    }).prefault({}),
  }).prefault({}),
  network: section({
    "allow-private": z
      .array(z.string().regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, "must be host:port"))
      .default([]),
    proxy: z
      .union([z.literal("environment"), baseUrl])
      .nullable()
      .default(null),
    "no-proxy": z
      .array(
        z
          .string()
          .regex(NO_PROXY_ENTRY, "must be a name, a suffix such as .example.org, an address or a block of them"),
      )
      .default([]),
    "ca-file": z.string().optional(),
    reserve: z.number().min(0).max(90).default(10),
    budgets: z
      .record(z.string(), section({ requests: z.number().int().min(1), per: duration }))
      .default({ "pypi.org": { requests: 3_000, per: 600_000 } }),
    writes: section({ minute: z.number().int().min(0).default(80), hour: z.number().int().min(0).default(500) })
      .prefault({})
      .describe("changes that one account makes on GitHub in a minute and in an hour, at most; 0: without a limit"),
    "requests-per-host": z.number().int().min(1).max(100).default(8),
    "largest-download": z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(1024)
      .describe("MiB of the largest file that is downloaded to compute a checksum that nobody publishes"),
  }).prefault({}),
  retention: section({ decisions: duration.default(400 * DAY), evidence: duration.default(30 * DAY) }).prefault({}),
  service: section({ "ping-url": baseUrl.nullable().default(null) }).prefault({}),
  storage: section({ directory: z.string().default("data") }).prefault({}),
  web: section({
    host: z.string().default("127.0.0.1"),
    port: z.number().int().min(0).max(65_535).default(8420),
    "public-url": baseUrl.optional(),
    "trusted-proxies": z
      .array(z.string().refine(isAddressBlock, "must be an address such as 10.0.0.2, or a block such as 10.0.0.0/8"))
      .default([]),
  }).prefault({}),
} as const;

/** `on` and `off`, or true and false. */
const toggle = z
  .union([z.boolean(), z.enum(["on", "off"])], { error: "must be on or off" })
  .transform((value) => value === true || value === "on");

/** The section about trust; signals and checks are switched by the ids that their lists have. */
export function trustSection(signals: readonly string[], checks: readonly string[]) {
  const toggles = (ids: readonly string[]) =>
    section(Object.fromEntries(ids.map((id) => [id, toggle.optional()]))).prefault({});
  return section({
    signals: toggles(signals),
    checks: toggles(checks),
    weights: section({
      activity: weight.default(15),
      community: weight.default(10),
      adoption: weight.default(15),
      signing: weight.default(25),
      hygiene: weight.default(15),
      "track-record": weight.default(15),
      relationships: weight.default(5),
    }).prefault({}),
    keys: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
    "refresh-roots": z.boolean().default(true),
    vouches: z
      .array(
        section({
          upstream: z.string(),
          by: z.string().min(1),
          reason: z.string().min(1),
          since: instant,
          until: instant.optional(),
          points: z.number().min(0).max(10),
        }),
      )
      .default([]),
  }).prefault({});
}
