import { z } from "zod";
import { own } from "../../domain/own.ts";
import { type Ask, coalesce } from "../concurrency/coalesce.ts";
import { shareRunning } from "../concurrency/share-running.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { looseArray } from "../loose-array.ts";
import { type ScorecardResult, scorecardSchema } from "./scorecard.ts";

/** A version of a package as deps.dev names it. */
export type PackageVersion = { readonly system: string; readonly name: string; readonly version: string };

/** What deps.dev verified of a version: whether it carries provenance, and the repository that it names. */
type VersionFacts = { readonly attested: boolean; readonly repository?: string };

/** deps.dev (https://docs.deps.dev/api/v3alpha). Undefined: it does not know the subject. */
export type DepsDev = {
  /** The Scorecard of `github.com/owner/name`. Many calls of one tick are one request. */
  readonly scorecard: Ask<ScorecardResult | undefined | Failure>;
  readonly version: (version: PackageVersion) => Promise<VersionFacts | undefined | Failure>;
  /** How many packages need this version, directly or not. */
  readonly dependents: (version: PackageVersion) => Promise<number | undefined | Failure>;
};

/** Purl types, and what deps.dev calls them. */
const SYSTEMS: Readonly<Record<string, string>> = {
  pypi: "PYPI",
  npm: "NPM",
  cargo: "CARGO",
  maven: "MAVEN",
  gem: "RUBYGEMS",
  golang: "GO",
};

/** Where dependents are counted. */
const COUNTED = ["PYPI", "NPM", "CARGO", "MAVEN"];
const BATCH = 5_000;
const PAGES = 20;
const MAX_BYTES = 64 * 1024 * 1024;
/** How a relation to a repository is known that nobody can only claim. */
const PROVEN = ["SLSA_ATTESTATION", "PYPI_PUBLISH_ATTESTATION", "RUBYGEMS_PUBLISH_ATTESTATION", "GO_ORIGIN"];

const projectRow = z.object({
  request: z.object({ projectKey: z.object({ id: z.string() }) }),
  project: z.object({ scorecard: scorecardSchema.nullish().catch(undefined) }).nullish(),
});
const versionRow = z.object({
  request: z.object({ versionKey: z.object({ system: z.string(), name: z.string(), version: z.string() }) }),
  version: z
    .object({
      attestations: looseArray(z.object({ verified: z.boolean() })),
      slsaProvenances: looseArray(z.object({ verified: z.boolean() })),
      relatedProjects: looseArray(
        z.object({
          projectKey: z.object({ id: z.string() }),
          relationType: z.string(),
          relationProvenance: z.string(),
        }),
      ),
    })
    .nullish(),
});
const dependentsSchema = z.object({ dependentCount: z.number().nonnegative() });

/** What deps.dev calls a package; undefined for kinds that it does not know. */
export function packageVersionOf(type: string, path: string, version: string): PackageVersion | undefined {
  const system = own(SYSTEMS, type);
  const name = type === "maven" ? path.replace(/\/([^/]+)$/, ":$1") : path;
  return system === undefined ? undefined : { system, name, version };
}

/** True where deps.dev counts who needs a package of that kind. */
export function countsDependents(type: string): boolean {
  return COUNTED.includes(own(SYSTEMS, type) ?? "");
}

/** Creates the client. `base` is the address of the service, without a trailing slash. */
export function createDepsDev(fetcher: Fetcher, base: string): DepsDev {
  const missing = () => undefined;
  const scorecard = coalesce<ScorecardResult | undefined | Failure>(
    (ids) =>
      batched(fetcher, `${base}/v3alpha/projectbatch`, ids, {
        item: (id) => ({ projectKey: { id } }),
        row: projectRow,
        read: (row) => [row.request.projectKey.id, row.project?.scorecard ?? undefined],
      }),
    missing,
  );
  const version = coalesce<VersionFacts | undefined | Failure>(
    (keys) =>
      batched(fetcher, `${base}/v3alpha/versionbatch`, keys, {
        item: (key) => ({ versionKey: JSON.parse(key) }),
        row: versionRow,
        read: (row) => [keyOf(row.request.versionKey), row.version ? factsOf(row.version) : undefined],
      }),
    missing,
  );
  const share = shareRunning<number | undefined | Failure>();
  return {
    scorecard,
    version: (key) => version(keyOf(key)),
    dependents: (key) => share(keyOf(key), () => readDependents(fetcher, base, key)),
  };
}

function keyOf({ system, name, version }: PackageVersion): string {
  return JSON.stringify({ system, name, version });
}

function factsOf({
  attestations,
  slsaProvenances,
  relatedProjects,
}: NonNullable<z.output<typeof versionRow>["version"]>) {
  const source = relatedProjects.rows.find(
    (one) => one.relationType === "SOURCE_REPO" && PROVEN.includes(one.relationProvenance),
  );
  return {
    attested: [...attestations.rows, ...slsaProvenances.rows].some(({ verified }) => verified),
    ...(source !== undefined && { repository: source.projectKey.id.toLowerCase() }),
  };
}

type Batch<Row, Value> = {
  readonly item: (key: string) => object;
  readonly row: z.ZodType<Row>;
  readonly read: (row: Row) => readonly [key: string, value: Value];
};

/** Asks in batches of 5,000. What a failed batch asked for has its failure. */
async function batched<Row, Value>(
  fetcher: Fetcher,
  url: string,
  keys: readonly string[],
  batch: Batch<Row, Value>,
): Promise<Map<string, Value | Failure>> {
  const answers = new Map<string, Value | Failure>();
  for (let start = 0; start < keys.length; start += BATCH) {
    const chunk = keys.slice(start, start + BATCH);
    const failure = await readPages({ fetcher, url }, chunk, batch, answers);
    if (failure !== undefined) for (const key of chunk.filter((one) => !answers.has(one))) answers.set(key, failure);
  }
  return answers;
}

/** Page after page into `answers`, until the last one or a failure, which is given back. */
async function readPages<Row, Value>(
  { fetcher, url }: { readonly fetcher: Fetcher; readonly url: string },
  keys: readonly string[],
  { item, row, read }: Batch<Row, Value>,
  answers: Map<string, Value | Failure>,
): Promise<Failure | undefined> {
  const page = z.object({ responses: looseArray(row), nextPageToken: z.string().nullish().catch(undefined) });
  const requests = keys.map(item);
  let pageToken = "";
  for (let turn = 0; turn < PAGES; turn++) {
    const response = await post(fetcher, url, { requests, pageToken });
    const found = isFailure(response) ? response : readJson(response, page);
    if (isFailure(found)) return found;
    for (const [key, value] of found.responses.rows.map(read)) answers.set(key, value);
    if (!found.nextPageToken) return undefined;
    pageToken = found.nextPageToken;
  }
  return new Failure("too-large", "deps.dev did not finish its answer");
}

async function post(fetcher: Fetcher, url: string, body: object): Promise<FetchResponse | Failure> {
  const response = await fetcher.fetch({
    url,
    method: "POST",
    repeatable: true,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    maxBytes: MAX_BYTES,
  });
  if (isFailure(response) || response.status === 200) return response;
  return failureOfStatus(response, "the facts of deps.dev");
}

async function readDependents(fetcher: Fetcher, base: string, key: PackageVersion) {
  const [system, name, version] = [key.system.toLowerCase(), key.name, key.version].map(encodeURIComponent);
  const url = `${base}/v3alpha/systems/${system}/packages/${name}/versions/${version}:dependents`;
  const response = await fetcher.fetch({ url });
  if (isFailure(response)) return response;
  if (response.status === 404) return undefined;
  if (response.status !== 200) return failureOfStatus(response, `the dependents of ${key.name}`);
  const read = readJson(response, dependentsSchema);
  return isFailure(read) ? read : read.dependentCount;
}
