import { type Answer, type Received, type StandIn, type StandInOptions, startStandIn } from "./stand-in.ts";

/** A Scorecard: 0 to 10 by check, −1 where it is not conclusive. */
type GivenScorecard = { readonly date: string; readonly checks: Readonly<Record<string, number>> };

/** A version as deps.dev knows it. */
type GivenVersion = {
  readonly attested?: boolean;
  /** `github.com/owner/name`, and how deps.dev knows it. */
  readonly repository?: string;
  readonly provenance?: string;
  readonly dependents?: number;
};

/** What the services know that count and measure: deps.dev, Scorecard, download statistics, official-images. */
export type TrustData = {
  /** By `owner/name`: what deps.dev has, and what Scorecard's own API has. */
  readonly scorecards?: Readonly<Record<string, GivenScorecard>>;
  readonly fresh?: Readonly<Record<string, GivenScorecard>>;
  /** By `PYPI/name/version`. */
  readonly versions?: Readonly<Record<string, GivenVersion>>;
  /** Downloads of the last month by `pypi/name` or `npm/name`. */
  readonly downloads?: Readonly<Record<string, number>>;
  /** The tags in an official image's file, by its name. */
  readonly officialImages?: Readonly<Record<string, readonly string[]>>;
  /** Most answers on one page of a batch (default: all). */
  pageSize?: number;
};

/**
 * Stand-ins, at one address, of deps.dev (docs.deps.dev/api/v3alpha: projectbatch, versionbatch, dependents), the
 * Scorecard API (api.scorecard.dev), pypistats.org, npm's download counts, and the files of official-images.
 */
export function startTrustData(world: TrustData, options: StandInOptions = {}): Promise<StandIn> {
  return startStandIn((request) => answerTrustData(world, request), options);
}

/** Where each of the services is, for a configuration. */
export function trustUrls(url: string) {
  const [depsDev, scorecard, officialImages] = [{ url }, { url }, { url }];
  return { depsDev, scorecard, officialImages, downloads: { pypi: url, npm: url } };
}

const NOT_FOUND: Answer = { status: 404 };

function answerTrustData(world: TrustData, request: Received): Answer {
  const path = decodeURIComponent(request.path);
  if (path === "/v3alpha/projectbatch") return batch(world, request, (asked) => projectOf(world, asked));
  if (path === "/v3alpha/versionbatch") return batch(world, request, (asked) => versionOf(world, asked));
  const [, system = "", name = "", version = ""] =
    /^\/v3alpha\/systems\/(\w+)\/packages\/(.+)\/versions\/([^/]+):dependents$/.exec(path) ?? [];
  if (version !== "") return dependentsOf(world.versions?.[`${system.toUpperCase()}/${name}/${version}`]);
  const repository = /^\/projects\/github\.com\/(.+)$/.exec(path)?.[1];
  if (repository !== undefined) return scorecardOf(repository, world.fresh?.[repository]);
  const image = /^\/library\/([\w.-]+)$/.exec(path)?.[1];
  if (image !== undefined) return imageFile(world.officialImages?.[image], image);
  return downloadsOf(world, path);
}

function batch({ pageSize }: TrustData, request: Received, answer: (asked: never) => object): Answer {
  const { requests, pageToken } = JSON.parse(request.body.toString()) as { requests: never[]; pageToken: string };
  if (requests.length > 5_000) return { status: 400, body: { code: 3, message: "too many requests", details: [] } };
  const start = Number(pageToken || 0);
  const end = start + (pageSize ?? requests.length);
  const responses = requests.slice(start, end).map((asked) => ({ request: asked, ...answer(asked) }));
  return { body: { responses, nextPageToken: end < requests.length ? String(end) : "" } };
}

function projectOf(world: TrustData, { projectKey }: { readonly projectKey: { readonly id: string } }): object {
  const name = projectKey.id.replace(/^github\.com\//, "");
  const found = world.scorecards?.[name];
  if (found === undefined) return {};
  const scorecard = { ...scorecardBody(name, found), overallScore: 7 };
  return { project: { projectKey, openIssuesCount: 1, starsCount: 2, forksCount: 3, scorecard } };
}

function versionOf(
  world: TrustData,
  { versionKey }: { readonly versionKey: { readonly system: string; readonly name: string; readonly version: string } },
): object {
  const found = world.versions?.[`${versionKey.system}/${versionKey.name}/${versionKey.version}`];
  if (found === undefined) return {};
  const { attested = false, repository, provenance = "UNVERIFIED_METADATA" } = found;
  const attestation = { type: "https://docs.pypi.org/attestations/publish/v1", url: "", verified: true };
  const related = { projectKey: { id: repository }, relationType: "SOURCE_REPO", relationProvenance: provenance };
  return {
    version: {
      versionKey,
      isDefault: true,
      licenses: [],
      slsaProvenances: [],
      attestations: attested ? [attestation] : [],
      relatedProjects: repository === undefined ? [] : [related],
    },
  };
}

function dependentsOf(version: GivenVersion | undefined): Answer {
  if (version?.dependents === undefined) return { ...NOT_FOUND, body: { code: 5, message: "not found", details: [] } };
  const count = version.dependents;
  return { body: { dependentCount: count, directDependentCount: count, indirectDependentCount: 0 } };
}

function scorecardOf(name: string, found: GivenScorecard | undefined): Answer {
  if (found === undefined) return NOT_FOUND; // with no body, as the real service
  return { headers: { "cache-control": "max-age=3600" }, body: { ...scorecardBody(name, found), score: 7 } };
}

function scorecardBody(name: string, { date, checks }: GivenScorecard): object {
  return {
    date,
    repo: { name: `github.com/${name}`, commit: "0".repeat(40) },
    scorecard: { version: "v5.3.0", commit: "0".repeat(40) },
    checks: Object.entries(checks).map(([check, score]) => ({ name: check, score, reason: "", details: null })),
  };
}

function imageFile(tags: readonly string[] | undefined, name: string): Answer {
  if (tags === undefined) return { ...NOT_FOUND, body: "404: Not Found" };
  const [first = "", ...others] = tags;
  const folded = others.length === 0 ? "" : `,\n  ${others.join(", ")}`;
  const head = `# this file is generated\nMaintainers: Somebody <somebody@example.org>\nGitRepo: https://github.com/docker-library/${name}.git`;
  return {
    body: `${head}\n\nTags: ${first}${folded}\nArchitectures: amd64\nGitCommit: ${"a".repeat(40)}\nDirectory: 1\n`,
  };
}

function downloadsOf({ downloads = {} }: TrustData, path: string): Answer {
  const pypi = /^\/api\/packages\/([^/]+)\/recent$/.exec(path)?.[1];
  const npm = /^\/downloads\/point\/last-month\/(.+)$/.exec(path)?.[1];
  const month = pypi === undefined ? downloads[`npm/${npm}`] : downloads[`pypi/${pypi}`];
  if (month === undefined) return { ...NOT_FOUND, body: { error: "not found" } };
  if (pypi === undefined) return { body: { downloads: month, start: "2026-10-20", end: "2026-11-19", package: npm } };
  return { body: { data: { last_day: 1, last_week: 7, last_month: month }, package: pypi, type: "recent_downloads" } };
}
