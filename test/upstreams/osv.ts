import { type Answer, type Received, type StandIn, startStandIn } from "./stand-in.ts";

/** An advisory as OSV stores it (OSV schema 1.7), with the fields that queries look at. Others are passed on as they are. */
type OsvRecord = {
  readonly id: string;
  readonly modified: string;
  readonly published?: string;
  readonly withdrawn?: string;
  readonly aliases?: readonly string[];
  readonly summary?: string;
  readonly severity?: readonly { readonly type: string; readonly score: string }[];
  readonly affected: readonly {
    readonly package?: { readonly ecosystem: string; readonly name: string; readonly purl?: string };
    readonly ranges?: readonly {
      readonly type: string;
      readonly repo?: string;
      readonly events: readonly Readonly<Record<string, string>>[];
    }[];
    readonly versions?: readonly string[];
  }[];
  readonly references?: readonly { readonly type: string; readonly url: string }[];
  readonly database_specific?: Readonly<Record<string, unknown>>;
};

/** Every advisory there is. Tests and the demo publish by pushing, and withdraw by setting `withdrawn`. */
export type OsvWorld = {
  readonly advisories: OsvRecord[];
  /** Most results of one item on one page; more need its `page_token`. Default: no paging. */
  pageSize?: number;
};

type Query = {
  readonly version?: string;
  readonly commit?: string;
  readonly page_token?: string;
  readonly package?: { readonly name?: string; readonly ecosystem?: string; readonly purl?: string };
};

const MOST_QUERIES = 1_000;

/** A stand-in of api.osv.dev: `querybatch`, `query`, `vulns/{id}`, their limits and their errors. */
export function startOsv(world: OsvWorld): Promise<StandIn> {
  return startStandIn((request) => {
    if (request.path.startsWith("/v1/vulns/")) return answerRecord(world, decodeURIComponent(request.path.slice(10)));
    if (request.method !== "POST") return rpcError(404, 5, "Not Found");
    if (request.path === "/v1/querybatch") return answerBatch(world, request);
    if (request.path === "/v1/query") return answerQuery(world, request);
    return rpcError(404, 5, "Not Found");
  });
}

function answerBatch(world: OsvWorld, request: Received): Answer {
  const body = bodyOf<{ queries?: Query[] }>(request);
  const queries = body?.queries;
  if (!Array.isArray(queries)) return rpcError(400, 3, "invalid JSON");
  if (queries.length > MOST_QUERIES) return rpcError(400, 3, "too many queries");
  const wrong = queries.map(errorOf).findIndex((error) => error !== undefined);
  if (wrong >= 0) return rpcError(400, 3, `error in query at index ${wrong}: ${errorOf(queries[wrong] ?? {})}`);
  return { body: { results: queries.map((query) => pageOf(world, query, ({ id, modified }) => ({ id, modified }))) } };
}

function answerQuery(world: OsvWorld, request: Received): Answer {
  const query = bodyOf<Query>(request);
  const error = query === undefined ? "invalid JSON" : errorOf(query);
  if (query === undefined || error !== undefined) return rpcError(400, 3, error ?? "");
  return { body: pageOf(world, query, (record) => record) };
}

function answerRecord(world: OsvWorld, id: string): Answer {
  const record = world.advisories.find((one) => one.id === id);
  return record === undefined
    ? rpcError(404, 5, "Vulnerability not found")
    : { body: { schema_version: "1.7.4", ...record } };
}

/** One page of findings; an item without findings is an empty object. */
function pageOf(world: OsvWorld, query: Query, show: (record: OsvRecord) => object): object {
  const found = world.advisories.filter((record) => record.withdrawn === undefined && concerns(record, query));
  const start = Number(query.page_token ?? "0");
  const size = world.pageSize ?? found.length;
  const page = found.slice(start, start + size);
  return {
    ...(page.length > 0 && { vulns: page.map(show) }),
    ...(start + size < found.length && { next_page_token: String(start + size) }),
  };
}

function concerns(record: OsvRecord, query: Query): boolean {
  if (query.commit !== undefined)
    return record.affected.some((one) => one.ranges?.some((range) => hasCommit(range.events, query.commit ?? "")));
  const { ecosystem, name, version } = subjectOf(query);
  return record.affected.some((one) => {
    if (one.package?.ecosystem !== ecosystem || one.package.name !== name) return false;
    if (version === undefined || one.versions?.includes(version) === true) return true;
    return one.ranges?.some((range) => range.type !== "GIT" && isWithin(version, range.events)) === true;
  });
}

function hasCommit(events: readonly Readonly<Record<string, string>>[], commit: string): boolean {
  return events.some((event) => event.introduced === commit || event.last_affected === commit);
}

/** Introduced at or before the version, and not fixed by it. Versions are compared number by number. */
function isWithin(version: string, events: readonly Readonly<Record<string, string>>[]): boolean {
  let affected = false;
  for (const event of events) {
    if (event.introduced !== undefined && (event.introduced === "0" || order(event.introduced, version) <= 0))
      affected = true;
    if (event.fixed !== undefined && order(event.fixed, version) <= 0) affected = false;
    if (event.last_affected !== undefined && order(event.last_affected, version) < 0) affected = false;
  }
  return affected;
}

function order(a: string, b: string): number {
  const [left, right] = [a, b].map((text) =>
    text
      .replace(/^v/, "")
      .split(/[^0-9]+/)
      .map(Number),
  ) as [number[], number[]];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const ECOSYSTEMS: Readonly<Record<string, string>> = {
  pypi: "PyPI",
  npm: "npm",
  gem: "RubyGems",
  githubactions: "GitHub Actions",
  golang: "Go",
};

function subjectOf(query: Query): { ecosystem: string; name: string; version: string | undefined } {
  const purl = /^pkg:([^/]+)\/([^@?]+)(?:@([^?]+))?/.exec(query.package?.purl ?? "");
  return {
    ecosystem: query.package?.ecosystem ?? ECOSYSTEMS[purl?.[1] ?? ""] ?? "",
    name: query.package?.name ?? decodeURIComponent(purl?.[2] ?? ""),
    version: query.version ?? (purl?.[3] === undefined ? undefined : decodeURIComponent(purl[3])),
  };
}

function errorOf(query: Query): string | undefined {
  if (query.commit !== undefined) return undefined;
  if (query.package === undefined) return "package not specified";
  const { name, ecosystem, purl } = query.package;
  if (purl !== undefined) {
    if (!purl.startsWith("pkg:")) return "invalid purl";
    if (name !== undefined || ecosystem !== undefined) return "name or ecosystem specified in a PURL query";
    return purl.includes("@") && query.version !== undefined ? "version specified in params and PURL query" : undefined;
  }
  return name === undefined || ecosystem === undefined ? "invalid query" : undefined;
}

function bodyOf<Body>(request: Received): Body | undefined {
  try {
    return JSON.parse(request.body.toString()) as Body;
  } catch {
    return undefined; // answered as the service does: 400
  }
}

function rpcError(status: number, code: number, message: string): Answer {
  return { status, body: { code, message } };
}
