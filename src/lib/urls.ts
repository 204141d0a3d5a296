import { globMatcher } from "./glob.ts";

/** Programs that host repositories and have an API for releases. Forgejo, and so Codeberg, speaks Gitea's. */
export type ForgeKind = "gitlab" | "gitea";

/**
 * Indexes of one's own by the names they hold, such as `acme-*` or `@acme/*`. Such a name is asked there alone: on the
 * public index it could be anybody's.
 */
export type PrivateIndexes = Readonly<Record<string, string>>;

/** Base URLs of every outside service, as configured under `upstreams`. None ends in a slash. */
export type ServiceUrls = {
  readonly github: { readonly api: string; readonly graphql: string; readonly web: string };
  readonly pypi: { readonly url: string; readonly private?: PrivateIndexes };
  /** Empty: the registry of the user's npm configuration. */
  readonly npm: { readonly url: string; readonly private?: PrivateIndexes };
  readonly rubygems: { readonly url: string };
  /** A module proxy (https://go.dev/ref/mod#goproxy-protocol). */
  readonly golang: { readonly url: string };
  readonly maven: { readonly url: string };
  /** A sparse index (https://doc.rust-lang.org/cargo/reference/registry-index.html). */
  readonly cargo: { readonly url: string };
  /** By the host of a repository; hosts that are not listed are reached at `https://<host>`. */
  readonly gitHosts: Readonly<Record<string, { readonly url: string; readonly forge?: ForgeKind }>>;
  /**
   * By registry host as written in image names; hosts that are not listed are reached at `https://<host>`. A path in
   * `url` stands before the names of repositories; `tokenHost` may receive the registry's login, too.
   */
  readonly registries: Readonly<
    Record<string, { readonly url: string; readonly hub?: string; readonly tokenHost?: string }>
  >;
  readonly osv: { readonly url: string };
  readonly depsDev: { readonly url: string };
  readonly scorecard: { readonly url: string };
  readonly endoflife: { readonly url: string };
};

/** The private index that holds a name; undefined when it is the public one's. */
export function privateIndexOf(name: string, indexes: PrivateIndexes = {}): string | undefined {
  return Object.entries(indexes).find(([pattern]) => globMatcher(pattern)(name))?.[1];
}
