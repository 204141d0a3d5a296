import { z } from "zod";
import { FORGE_IDS } from "../../domain/project.ts";
import { isAddressBlock } from "../http/client-address.ts";
import { section } from "./checked-yaml.ts";
import { NETWORK } from "./network.ts";
import { UPSTREAMS } from "./upstreams.ts";
import { baseUrl, duration } from "./values.ts";
import { parseWindow } from "./window.ts";

const responseTime = (severity: string, normal: string) =>
  z
    .union([z.literal("next-major"), duration])
    .optional()
    .describe(`how soon a ${severity} advisory is answered, or next-major: no date; default: ${normal}`);

const watchEntry = section({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must consist of letters, digits, dots, dashes and underscores")
    .optional()
    .describe("how it is called everywhere; default: the name of the folder or of the repository"),
  path: z
    .string()
    .optional()
    .describe("a checkout, relative to the folder that Headgate is started in; give this or repository"),
  repository: z
    .string()
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9._-]+)+$/, "must be owner/name")
    .optional()
    .describe("owner/name on a forge, on GitLab with all groups, where pull requests are opened; give this or path"),
  forge: z
    .enum(FORGE_IDS)
    .default("github")
    .describe(
      "the forge that the repository is on; forgejo is Gitea's, too (where it is: upstreams.forgejo, upstreams.gitlab)",
    ),
  branches: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("branches that are watched, each for itself; default: the default branch"),
  ignore: z.array(z.string()).default([]).describe("globs of paths that are not looked at, such as docs/**"),
});

const names = z.array(z.string().min(1).max(50)).max(20);

const MATCH = section({
  project: z.string().optional().describe("a glob over names of projects"),
  upstream: z.string().optional().describe("a glob over purls, such as pkg:github/our-org/*"),
  kind: z.string().optional().describe("the kind of upstream: the word after pkg:, such as docker or pypi"),
  path: z.string().optional().describe("a glob over paths of files, such as examples/**"),
  step: z
    .enum(["major", "minor", "patch", "digest", "pin", "revert", "other"])
    .optional()
    .describe("how far the candidate goes"),
  vouched: z.boolean().optional().describe("whether somebody vouches for the upstream"),
}).describe("which candidates it is about: every field that is given must match");

const RULE = section({
  match: MATCH,
  wait: duration.optional().describe("minimum age of the content, instead of policy.waits; 0: none"),
  range: z.string().optional().describe('versions that may be proposed, in the upstream\'s own notation, such as "<6"'),
  hold: z.boolean().optional().describe("a named person has to approve each of them"),
  skip: z.boolean().optional().describe("they are not proposed"),
  pin: z.boolean().optional().describe("tags and branches become digests and commits, or stay; instead of policy.pin"),
  reason: z.string().optional().describe("why, for people to read; required by range, hold and skip"),
  group: z
    .union([
      z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9-]{0,40}$/,
          "must consist of small letters, digits and dashes: it becomes part of a branch's name",
        ),
      z.literal(false),
    ])
    .optional()
    .describe(
      "all with the same word come in one pull request; false: each in its own. Without a word, images that were rebuilt under their tags share one, and so do pins",
    ),
  channels: z.array(z.string()).optional().describe("which channels may tell of them; default: all that are on"),
  window: z
    .string()
    .refine((text) => parseWindow(text) !== undefined, "must be days and hours such as Mon-Fri 08:00-17:00")
    .optional()
    .describe("when pull requests may be opened and changed, in schedule.time-zone; fixes of advisories do not wait"),
  labels: names.optional().describe("labels besides those of the channel"),
  reviewers: names.optional().describe("people who are asked to review, instead of the channel's"),
  "team-reviewers": names.optional().describe("teams that are asked to review, instead of the channel's"),
  assignees: names.optional().describe("people who are assigned, instead of the channel's"),
  draft: z.boolean().optional().describe("open the pull request as a draft"),
  "auto-merge": z
    .enum(["off", "merge", "squash", "rebase"])
    .optional()
    .describe("let the forge merge what is proposed without any warning, once everything required passed"),
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

const CRON = "a cron expression (minute hour day month weekday) in schedule.time-zone";

const SCHEDULE = section({
  "time-zone": z.string().default("UTC").describe("the zone that hours are meant in, such as Europe/London"),
  discover: z
    .string()
    .nullable()
    .default(null)
    .describe(`when projects' files are read again: ${CRON}; null: hourly, at a minute of the installation's own`),
  poll: z
    .string()
    .nullable()
    .default(null)
    .describe(`when upstreams whose time has come are asked: ${CRON}; null: every two minutes`),
  digest: z.string().default("0 7 * * *").describe(`when digests go out: ${CRON}`),
  advisories: z
    .string()
    .nullable()
    .default(null)
    .describe(
      `when OSV is asked about everything installed: ${CRON}; null: hourly, at a minute of the installation's own`,
    ),
})
  .prefault({})
  .describe("when things happen");

const POLICY = section({
  waits: z
    .record(z.string(), duration)
    .default({})
    .describe(
      "minimum age of content by kind of upstream, counted from first sight where a publisher could write the date; default: 3d, and 7d for github, githubactions, gitlab, bitbucket, docker and generic",
    ),
  prereleases: z.boolean().default(false).describe("propose prereleases to those who are not on one"),
  pin: z.boolean().default(false).describe("propose digests and commits for what only a tag or a branch decides"),
  settle: duration
    .prefault("1h")
    .describe("how long files, platforms and digests of a release must stand still first; fixes wait for it as well"),
})
  .prefault({})
  .describe("what is proposed, and when");

/**
 * Every option but those of the channels, which bring their own. Defaults are the values that run unattended with
 * no token: one checkout, gentle schedules, the waits of a careful maintainer. What transforms has its default as it is
 * written (`prefault`), so that editors and the reference show it.
 */
export const CONFIG_SHAPE = {
  watch: z.array(watchEntry).min(1, "must name at least one project").describe("the projects; at least one"),
  schedule: SCHEDULE,
  freshness: z
    .record(z.string(), duration)
    .default({})
    .describe(
      "how old an upstream's last good answer may be before an alert says so, by source or advisories; default: 30h of every source, 3h of advisories",
    ),
  policy: POLICY,
  rules: z
    .array(RULE)
    .default([])
    .describe("exceptions from the policy: every given field of match must match, and later rules win"),
  "response-times": section({
    critical: responseTime("critical", "24h"),
    high: responseTime("high", "72h"),
    medium: responseTime("medium", "1w"),
    low: responseTime("low", "next-major"),
  })
    .prefault({})
    .describe("from first sight of an advisory about what is installed to the day when it is overdue"),
  upstreams: UPSTREAMS,
  network: NETWORK,
  retention: section({
    decisions: duration
      .prefault("400d")
      .describe(
        "how long decisions with their evidence, events, the audit log, daily standings, repeated changes of versions and candidates that were passed over are kept; the latest decision of each other candidate stays",
      ),
    evidence: duration
      .prefault("30d")
      .describe("how long raw facts that have expired, and texts of files that nobody needs any more, are kept"),
  })
    .prefault({})
    .describe("when stored things are dropped"),
  service: section({
    "ping-url": baseUrl
      .nullable()
      .default(null)
      .describe(
        "a dead man's switch (healthchecks.io, Uptime Kuma …): asked as often as schedule.poll while everything works",
      ),
  })
    .prefault({})
    .describe("the daemon itself"),
  storage: section({
    directory: z
      .string()
      .default("data")
      .describe("the folder of the embedded store, its lock and the daemon's address"),
  })
    .prefault({})
    .describe("where state is kept; DATABASE_URL names a PostgreSQL server instead"),
  web: section({
    host: z.string().default("127.0.0.1").describe("the address that dashboard and API listen on"),
    port: z.number().int().min(0).max(65_535).default(8420).describe("their port; 0: any that is free"),
    "public-url": baseUrl
      .optional()
      .describe("where they are reached from outside, for links in letters; default: nowhere"),
    "trusted-proxies": z
      .array(z.string().refine(isAddressBlock, "must be an address such as 10.0.0.2, or a block such as 10.0.0.0/8"))
      .default([])
      .describe("addresses or blocks of proxies in front, whose X-Forwarded-For says who tries tokens"),
  })
    .prefault({})
    .describe("dashboard and API"),
} as const;
