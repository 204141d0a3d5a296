/** How watched projects stood on one day: what lag and freshness over time are drawn from. */
export type Standing = {
  /** In UTC: `2026-11-25`. */
  readonly day: string;
  readonly components: number;
  /** Components of which it is known how far behind they are, and those of them that lack a release. */
  readonly known: number;
  readonly behind: number;
  /** Releases that they lack together. */
  readonly releases: number;
  /** Days since the first release that each lacks came out, added up. */
  readonly days: number;
  /** Upstreams that are asked, and those of them without a good answer within their target. */
  readonly upstreams: number;
  readonly stale: number;
};

/** Days behind of the average component; undefined where of none is known how far behind it is. */
export function meanDays({ days, known }: Standing): number | undefined {
  return known === 0 ? undefined : days / known;
}

/** The share of upstreams that answered within their target, 0..1; undefined where none is asked. */
export function freshShare({ upstreams, stale }: Standing): number | undefined {
  return upstreams === 0 ? undefined : (upstreams - stale) / upstreams;
}
