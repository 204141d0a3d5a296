import type { TokenForgeId } from "../../domain/project.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { globMatcher } from "../syntax/glob.ts";

/** Programs that host repositories and have an API for releases. Forgejo, and so Codeberg, speaks Gitea's. */
export type ForgeKind = "gitlab" | "gitea";

/**
 * Indexes of one's own by the names they hold, such as `acme-*` or `@acme/*`. Such a name is asked there alone: on the
 * public index it could be anybody's.
 */
export type PrivateIndexes = Readonly<Record<string, string>>;

/** Where projects are watched, besides GitHub. */
export type ForgeUrls = Readonly<Record<TokenForgeId, { readonly url: string }>>;

/** Base URLs of every outside service, as configured under `upstreams`. None ends in a slash. */
export type ServiceUrls = ForgeUrls & {
  readonly github: { readonly api: string; readonly graphql: string; readonly web: string };
  /** `changes`: what says which projects changed; default: the feed of releases. */
  readonly pypi: {
    readonly url: string;
    readonly private?: PrivateIndexes;
    readonly changes?: "feed" | "changelog";
  };
  /** Empty: the registry of the user's npm configuration. */
  readonly npm: { readonly url: string; readonly private?: PrivateIndexes };
  readonly rubygems: { readonly url: string };
  /** A module proxy (https://go.dev/ref/mod#goproxy-protocol), and the modules that it is never asked about, as in GOPRIVATE. */
  readonly golang: { readonly url: string; readonly private?: readonly string[] };
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
  /** Repositories of trust roots (The Update Framework). */
  readonly trustRoots: { readonly sigstore: string; readonly github: string };
  /** A catalogue of exploited vulnerabilities in the form of CISA's; absent: nobody is asked. */
  readonly kev?: { readonly url: string };
  /** FIRST's EPSS API; absent: nobody is asked. */
  readonly epss?: { readonly url: string };
  /** The files of the official images: `<url>/library/<name>`. */
  readonly officialImages: { readonly url: string };
  /** Services that count downloads, by kind of package. */
  readonly downloads: { readonly pypi: string; readonly npm: string };
};

/** True for a Go module of one's own: a pattern matches the beginning of its path (https://go.dev/ref/mod#private-modules). */
export function isPrivateModule(path: string, patterns: readonly string[] = []): boolean {
  const segments = path.split("/");
  return patterns.some((pattern) => {
    const length = pattern.replace(/(?<!\/)\/+$/, "").split("/").length;
    return globMatcher(pattern.replace(/(?<!\/)\/+$/, ""))(segments.slice(0, length).join("/"));
  });
}

/** True for a package whose name the configuration calls private: no public service is told it. */
export function isPrivatePackage(purl: string, urls: ServiceUrls): boolean {
  const parts = parsePurl(purl);
  if (parts === undefined) return false;
  const name = [parts.namespace, parts.name].filter((part) => part !== "").join("/");
  if (parts.type === "golang") return isPrivateModule(name, urls.golang.private);
  if (parts.type === "pypi") return privateIndexOf(name, urls.pypi.private) !== undefined;
  return parts.type === "npm" && privateIndexOf(name, urls.npm.private) !== undefined;
}

/** The private index that holds a name; undefined when it is the public one's. */
export function privateIndexOf(name: string, indexes: PrivateIndexes = {}): string | undefined {
  return Object.entries(indexes).find(([pattern]) => globMatcher(pattern)(name))?.[1];
}
