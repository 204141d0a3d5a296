import type { Answered } from "../../upstreams/stand-in.ts";

/** What a service was asked, and what it sent. */
export type Counts = {
  /** Requests by what they ask for: `page of a project`, `token`, `digest (HEAD)` … */
  readonly kinds: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly conditional: number;
  readonly notModified: number;
  /** Bytes of bodies on the wire, and before compression. */
  readonly bytes: number;
  readonly whole: number;
  readonly points: number;
};

const KINDS: readonly (readonly [string, (request: Answered) => boolean])[] = [
  ["GraphQL", ({ path }) => path === "/graphql"],
  ["feed of releases", ({ path }) => path.startsWith("/rss/")],
  ["page of a project", ({ path }) => path.startsWith("/simple/")],
  ["token", ({ path }) => path === "/token"],
  ["refused without a token", ({ status }) => status === 401],
  ["digest (HEAD)", ({ path, method }) => path.includes("/manifests/") && method === "HEAD"],
  ["manifest (GET)", ({ path }) => path.includes("/manifests/")],
  ["tag list", ({ path }) => path.endsWith("/tags/list")],
  ["tags on the hub", ({ path }) => path.startsWith("/v2/repositories/")],
];

/** Counts requests. `used` remembers, per hour of GitHub's account, what was counted before. */
export function count(requests: readonly Answered[], used: Map<string, number>): Counts {
  const kinds: Record<string, number> = {};
  for (const request of requests) {
    const kind = KINDS.find(([, matches]) => matches(request))?.[0] ?? `${request.method} ${request.path}`;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  const sum = (of: (request: Answered) => number) => requests.reduce((total, request) => total + of(request), 0);
  return {
    kinds,
    requests: requests.length,
    conditional: sum(({ headers }) => (headers["if-none-match"] === undefined ? 0 : 1)),
    notModified: sum(({ status }) => (status === 304 ? 1 : 0)),
    bytes: sum(({ bytes }) => bytes),
    whole: sum(({ whole }) => whole),
    points: pointsOf(requests, used),
  };
}

/** GitHub says with each answer how many points were used in the hour that ends at a moment. */
function pointsOf(requests: readonly Answered[], used: Map<string, number>): number {
  let points = 0;
  for (const { sent } of requests) {
    const hour = sent["x-ratelimit-reset"];
    const now = Number(sent["x-ratelimit-used"] ?? 0);
    const before = used.get(hour ?? "") ?? 0;
    if (hour === undefined || now <= before) continue;
    points += now - before;
    used.set(hour, now);
  }
  return points;
}
