import { z } from "zod";
import { written } from "./replay-words.ts";
import { FACTS } from "./written-facts.ts";
import { person, when } from "./written-values.ts";

const names = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const digests = z.record(z.string(), z.string());

/** A file, in our words, those of GitHub's API, or those of PyPI's. What they say besides does not matter here. */
const asset = z
  .looseObject({
    name: z.string().optional(),
    filename: z.string().optional(),
    digest: z.string().optional(),
    sha256: z.string().optional(),
    digests: z.looseObject({ sha256: z.string().optional() }).optional(),
    hashes: z.looseObject({ sha256: z.string().optional() }).optional(),
    size: z.number().optional(),
    updatedAt: when.optional(),
    updated_at: when.optional(),
    uploadedAt: when.optional(),
    upload_time: when.optional(),
    upload_time_iso_8601: when.optional(),
    "upload-time": when.optional(),
    uploader: person.optional(),
  })
  .transform((one, context) => {
    const name = one.name ?? one.filename;
    if (name === undefined) context.addIssue({ code: "custom", message: "a file needs a name" });
    const sha256 = one.sha256 ?? one.digests?.sha256 ?? one.hashes?.sha256;
    const uploaded = one.uploadedAt ?? one.upload_time_iso_8601 ?? one.upload_time ?? one["upload-time"];
    return {
      name: name ?? "",
      digest: one.digest ?? (sha256 === undefined ? undefined : `sha256:${sha256}`),
      size: one.size,
      updatedAt: one.updatedAt ?? one.updated_at ?? uploaded,
      uploader: one.uploader,
    };
  });

/** What of a version may be seen to change. */
const CONTENT = {
  commit: z.string().optional(),
  /** An image's own digest. */
  digest: z.string().optional(),
  digests: digests.optional(),
  assets: z.array(asset).optional(),
  /** The same, in the word of package registries. */
  files: z.array(asset).optional(),
};

/** Words of registries and forges for ours. */
const SAME_FACTS = { _npmUser: "account", tag_exists: "tagExists", sha: "commit" };

const SAME_RELEASE = {
  ...SAME_FACTS,
  tag_name: "tag",
  published: "publishedAt",
  date: "publishedAt",
  upload_time: "publishedAt",
  upload_time_iso_8601: "publishedAt",
  requires_dist: "dependencies",
};

const observation = written({ at: when, ...CONTENT, ...FACTS }, SAME_FACTS);

/** A state that holds today, as registries say it: `true`, or the reason. */
const standing = z.union([z.boolean(), z.string()]).optional();

const release = written(
  {
    version: z.string().min(1).optional(),
    tag: z.string().min(1).optional(),
    publishedAt: when.optional(),
    publishedBy: z.enum(["registry", "publisher"]).optional(),
    firstSeenAt: when.optional(),
    state: z.enum(["released", "prerelease", "yanked", "deleted", "deprecated"]).optional(),
    yanked: standing,
    deprecated: standing,
    prerelease: z.boolean().optional(),
    yankedAt: when.optional(),
    deletedAt: when.optional(),
    deprecatedAt: when.optional(),
    ...CONTENT,
    ...FACTS,
    /** The same facts, where somebody likes them apart. */
    evidence: written(FACTS, SAME_FACTS).optional(),
    uploader: person.optional(),
    /** When its tag was moved, or a file or image of it replaced, if that is all that is known. */
    movedAt: when.optional(),
    replacedAt: when.optional(),
    observations: z.array(observation).default([]),
  },
  SAME_RELEASE,
).transform(({ yanked, deprecated, prerelease, ...one }, context) => {
  const version = one.version ?? one.tag;
  if (version === undefined) context.addIssue({ code: "custom", message: "a release needs a version" });
  const said = isSaid(yanked) ? "yanked" : isSaid(deprecated) ? "deprecated" : prerelease ? "prerelease" : undefined;
  return { ...one, version: version ?? "", state: one.state ?? said };
});

function isSaid(standing: boolean | string | undefined): boolean {
  return standing !== undefined && standing !== false && standing !== "";
}

const SEVERITIES = ["critical", "high", "medium", "low", "unknown"] as const;

/** In any case; GitHub says moderate for what CVSS calls medium. */
const severity = z
  .string()
  .transform((word) => word.toLowerCase().replace(/^moderate$/, "medium"))
  .pipe(z.enum(SEVERITIES));

const advisory = written({
  id: z.string(),
  severity: severity.default("unknown"),
  summary: z.string().optional(),
  publishedAt: when.optional(),
  withdrawnAt: when.optional(),
  /** Versions; default: the candidates. */
  affects: z.array(z.string()).optional(),
  fixedIn: z.array(z.string()).default([]),
});

const word = written({
  action: z.enum(["approve", "hold", "skip", "reopen"]),
  at: when,
  until: when.optional(),
  by: z.string().default("somebody"),
  reason: z.string().default("no reason is on record"),
  range: z.string().optional(),
});

const band = z.enum(["strong", "fair", "weak", "insufficient"]);

/** One incident of a file, in our words or those of the services that told of it. */
export const incident = written(
  {
    name: z.string().optional(),
    /** A package URL; a version in it is the candidate. */
    upstream: z.string().regex(/^pkg:[a-z]+\/.+/, "must be a package URL such as pkg:pypi/requests"),
    publicAt: when.optional(),
    /** From when on the candidate's content was not what it should be; default: its first change, else its first sight. */
    badFrom: when.optional(),
    watchedSince: when.optional(),
    installed: names.optional(),
    candidate: z.union([names, release.transform((one) => [one])]).optional(),
    releases: z.array(release).optional(),
    history: z.array(release).optional(),
    advisories: z.array(advisory).default([]),
    humanDecisions: z.array(word).default([]),
    /** Moments at which the verdict is wanted, beside those at which something changes. */
    at: z.union([when.transform((one) => [one]), z.array(when)]).default([]),
    trust: z.union([band, z.number().min(0).max(10)]).optional(),
  },
  { purl: "upstream", package: "upstream", disclosedAt: "publicAt", versions: "releases", candidates: "candidate" },
);

/** A release as a record writes it, read. */
export type WrittenRelease = z.output<typeof release>;

/** One incident, read: what happened to an upstream, and when. */
export type WrittenIncident = z.output<typeof incident>;
