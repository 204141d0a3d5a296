import { percentDecoded } from "./percent.ts";
/**
 * The parts of the package URL without a version that identifies an upstream everywhere
 * (https://github.com/package-url/purl-spec). `namespace` has no leading or trailing slash.
 */
export type PurlParts = {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly qualifiers: Readonly<Record<string, string>>;
};

/**
 * Who an upstream is, by its host's own ids, which survive a new name: of the repository or project, and of its owner.
 * `name`: how the host spells it now. `standing`: set while the host withholds all of it. `lifecycle`: what its owner says
 * of the whole project (GitHub's archived flag; PyPI's project status, PEP 792).
 */
export type UpstreamIdentity = {
  readonly id?: string;
  readonly owner?: string;
  readonly name?: string;
  readonly standing?: { readonly status: "quarantined"; readonly reason?: string };
  readonly lifecycle?: "archived" | "deprecated";
};

/**
 * Builds the purl that identifies an upstream. GitHub, Docker and PyPI names are compared without case: written lower-case.
 * Logins and queries of addresses in qualifiers are left out: a purl is shown everywhere.
 */
export function toPurl(type: string, path: string, qualifiers: Readonly<Record<string, string>> = {}): string {
  const spelled =
    type === "pypi" ? path.toLowerCase().replace(/[-_.]+/g, "-") : folds(type) ? path.toLowerCase() : path;
  const encoded = spelled.split("/").map(encodeSegment).join("/");
  const query = Object.entries(qualifiers)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encodeSegment(withoutSecrets(value)).replaceAll("%2F", "/")}`)
    .join("&");
  return `pkg:${type}/${encoded}${query === "" ? "" : `?${query}`}`;
}

function withoutSecrets(address: string): string {
  return address
    .replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?)[^/?#\s]*@/i, "$1")
    .replace(/^([a-z][a-z0-9+.-]*:[^?]*)\?.*$/is, "$1");
}

/** Splits a purl without a version into its parts; undefined when it is not one. */
export function parsePurl(purl: string): PurlParts | undefined {
  const match = /^pkg:([A-Za-z][A-Za-z0-9.+-]*)\/([^?#]+)(?:\?([^#]*))?$/.exec(purl);
  const [, type, path, query] = match ?? [];
  if (type === undefined || path === undefined) return undefined;
  const segments = path.split("/").filter((segment) => segment !== "");
  const decoded = path.includes("%") ? segments.map(percentDecoded) : segments;
  const name = decoded.pop();
  if (name === undefined) return undefined;
  return { type: type.toLowerCase(), namespace: decoded.join("/"), name, qualifiers: readQualifiers(query) };
}

/** The type of a purl alone, for those who ask that of every upstream in every plan; empty where it is no purl. */
export function typeOfPurl(purl: string): string {
  const slash = purl.indexOf("/");
  return purl.startsWith("pkg:") && slash > 0 ? purl.slice("pkg:".length, slash).toLowerCase() : "";
}

const NO_QUALIFIERS: PurlParts["qualifiers"] = {};

function readQualifiers(query: string | undefined): PurlParts["qualifiers"] {
  if (query === undefined) return NO_QUALIFIERS; // of nearly all
  const pairs = query.split("&").filter((pair) => pair.includes("="));
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), percentDecoded(pair.slice(pair.indexOf("=") + 1))]),
  );
}

/** Namespace and name as services write them: `actions/checkout`, `@babel/core`, `requests`. */
export function pathOfPurl({ namespace, name }: Pick<PurlParts, "namespace" | "name">): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** The purl of one version: it sits before the qualifiers (purl specification, "Components"). */
export function versioned(purl: string, version: string): string {
  const [path = purl, ...qualifiers] = purl.split("?");
  return [`${path}@${encodeURIComponent(version.toWellFormed())}`, ...qualifiers].join("?");
}

/** What is asked about an upstream: the host that its purl names, else its kind. Upstreams of one host are asked together. */
export function hostOfUpstream(purl: string): string {
  const parts = parsePurl(purl);
  return parts?.qualifiers.repository_url ?? parts?.type ?? "unknown";
}

/** The short name people use: `aptible/supercronic`, `requests`, `docker.elastic.co/beats/filebeat-oss`. */
export function upstreamLabel(purl: string): string {
  const parts = parsePurl(purl);
  if (parts === undefined) return purl;
  const path = parts.namespace === "library" ? parts.name : pathOfPurl(parts);
  const host = parts.qualifiers.repository_url;
  return host === undefined ? path : `${host}/${path}`;
}

function folds(type: string): boolean {
  return type === "github" || type === "githubactions" || type === "docker" || type === "bitbucket";
}

function encodeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll("%3A", ":");
}
