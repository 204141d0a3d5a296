import { toPurl } from "../../domain/upstream.ts";
import { HOLE } from "../../lib/syntax/pieces.ts";
import { CDN_RULES } from "./cdn-rules.ts";
import { INSTALLER_RULES } from "./installer-rules.ts";
import { urlRule as rule, type UrlRule } from "./url-rule.ts";

/** What an address says about where a download comes from. */
export type LocatedUrl = {
  readonly upstream: string;
  readonly scheme: string;
  /** How the upstream's tags are made of versions, where the address does not show the tag itself. */
  readonly tagTemplate?: string;
  /** True where a version with fewer numbers stands for the newest that begins so. */
  readonly partial?: boolean;
  /** True where a version is one number of two digits each: 3450100 is 3.45.1. */
  readonly packed?: boolean;
  /** The part that decides the version, by offsets in the address; absent: whatever is newest. */
  readonly part?: { readonly kind: PartKind; readonly start: number; readonly end: number };
  /** The folder that is named after the major version. */
  readonly major?: { readonly start: number; readonly end: number };
};

/** `tag`: a tag of the upstream. `version`: a bare version. `ref`: a tag, a branch or a commit. `branch`: only that. */
type PartKind = "tag" | "version" | "ref" | "branch";

const GITHUB = String.raw`(?<owner>[\w.-]+)/(?<name>[\w.-]+)`;
const ARCHIVE = String.raw`\.(?:tar\.(?:gz|xz|bz2)|tgz|zip)(?:$|[?#])`;
const REF = `(?:refs/heads/(?<branch>[^/?#]+)|refs/tags/(?<tag>[^/?#]+)|(?<ref>[^/?#]+))`;

/** Ordered: the first that matches decides. Offsets come from the named group that is there. */
const RULES: readonly UrlRule[] = [
  ...[
    `(?:www\\.)?github\\.com/${GITHUB}/releases/download/(?<tag>[^/]+)/`,
    `(?:www\\.)?github\\.com/${GITHUB}/releases/download/(?<tag>[^/?#]*\\d[^/?#]*)$`,
    `(?:www\\.)?github\\.com/${GITHUB}/releases/latest`,
    `(?:www\\.)?github\\.com/${GITHUB}/archive/refs/heads/(?<branch>.+?)${ARCHIVE}`,
    `(?:www\\.)?github\\.com/${GITHUB}/archive/(?:refs/tags/)?(?<ref>v?\\d[\\w.+-]*|[0-9a-f]{40})/[^/?#]*\\d[^/?#]*${ARCHIVE}`, // under any name that one likes
    `(?:www\\.)?github\\.com/${GITHUB}/archive/refs/tags/(?<tag>.+?)${ARCHIVE}`,
    `(?:www\\.)?github\\.com/${GITHUB}/archive/(?<ref>[^/]+?)${ARCHIVE}`,
    `(?:www\\.)?github\\.com/${GITHUB}/(?:tarball|zipball)/${REF}`,
    `(?:www\\.)?github\\.com/${GITHUB}/raw/${REF}/`,
    `(?:www\\.)?github\\.com/${GITHUB}/blob/${REF}/[^?#]*\\?raw=`,
    `raw\\.githubusercontent\\.com/${GITHUB}/(?<branch>v?\\d+(?:\\.x)?/(?:master|main|develop))/`, // no folder of a tag is named so
    `raw\\.githubusercontent\\.com/${GITHUB}/${REF}/`,
    `codeload\\.github\\.com/${GITHUB}/(?:legacy\\.)?(?:tar\\.gz|zip)/${REF}`,
    `api\\.github\\.com/repos/${GITHUB}/releases/tags/(?<tag>[^/?#]+)`,
    `api\\.github\\.com/repos/${GITHUB}/(?:tarball|zipball)/${REF}`,
    `api\\.github\\.com/repos/${GITHUB}/(?:releases|tags)(?:$|[/?#])`,
    `(?:(?:cdn|fastly|gcore)\\.jsdelivr\\.net|esm\\.sh|cdn\\.statically\\.io)/gh/${GITHUB}[@/](?<ref>[^/?#]+)`,
    `(?:(?:cdn\\.|raw\\.)?rawgit\\.com|raw(?:cdn)?\\.githack\\.com)/${GITHUB}/(?<ref>[^/?#]+)/`,
  ].map((address) => rule(address, ({ owner, name }) => toPurl("github", `${owner}/${stripGit(name)}`), "loose")),
  ...[
    String.raw`(?<host>gitlab\.[\w.-]+|salsa\.debian\.org)/(?<path>[\w./-]+?)/-/(?:archive|raw)/${REF}/`,
    String.raw`(?<host>gitlab\.[\w.-]+|salsa\.debian\.org)/(?<path>[\w./-]+?)/-/releases/permalink/latest`,
    String.raw`(?<host>gitlab\.[\w.-]+|salsa\.debian\.org)/(?<path>[\w./-]+?)/-/releases/(?<tag>[^/]+)/downloads/`,
  ].map((address) => rule(address, ({ host, path }) => gitlabPurl(host, path), "loose")),
  ...[String.raw`registry\.npmjs\.org/(?<name>(?:@[\w.-]+/)?[\w.-]+)/-/[\w.-]+?-(?<version>\d[^/]*)\.tgz`].map(
    (address) => rule(address, ({ name }) => toPurl("npm", (name ?? "").toLowerCase()), "semver"),
  ),
  ...CDN_RULES,
  ...INSTALLER_RULES,
  rule(
    String.raw`(?:files\.pythonhosted\.org|pypi\.(?:org|io|python\.org))/packages/(?:[^/]+/)*(?<name>[A-Za-z][\w.]*(?:-[A-Za-z][\w.]*)*)-(?<version>\d[\w.+!]*?)(?:-|\.tar\.|\.zip)`,
    ({ name }) => toPurl("pypi", name ?? ""),
    "pep440",
  ),
  rule(
    String.raw`rubygems\.org/(?:downloads|gems)/(?<name>[\w.-]+?)-(?<version>\d[\w.]*)\.gem`,
    ({ name }) => toPurl("gem", name ?? ""),
    "loose",
  ),
  rule(
    String.raw`(?:static\.)?crates\.io/(?:api/v1/)?crates/(?<name>[\w-]+)/(?:[\w-]+-)?(?<version>\d[\w.+-]*?)(?:\.crate|/download)`,
    ({ name }) => toPurl("cargo", name ?? ""),
    "semver",
  ),
  rule(
    String.raw`(?:repo1\.maven\.org|repo\.maven\.apache\.org)/maven2/(?<group>[\w./-]+?)/(?<name>[\w.-]+)/(?<version>\d[\w.-]*)/`,
    ({ group, name }) => toPurl("maven", `${(group ?? "").replaceAll("/", ".")}/${name}`),
    "loose",
  ),
  known(
    String.raw`(?:go\.dev/dl|golang\.org/dl|dl\.google\.com/go|storage\.googleapis\.com/golang)/go(?<version>\d+(?:\.\d+)*)`,
    "golang/go",
    "go{version}",
  ),
  known(String.raw`(?:nodejs\.org/(?:dist|download/release))/(?<tag>v[^/]+)/`, "nodejs/node"),
  known(String.raw`get\.helm\.sh/helm-(?<tag>v[\d.]+\d)`, "helm/helm"),
  known(String.raw`dl\.k8s\.io/(?:release/)?(?<tag>v[^/]+)/`, "kubernetes/kubernetes"),
  known(String.raw`dl\.k8s\.io/release/stable`, "kubernetes/kubernetes"),
  known(
    String.raw`download\.docker\.com/linux/static/\w+/\w+/docker-(?<version>\d[\d.]*\d)`,
    "moby/moby",
    "v{version}",
  ),
  known(
    String.raw`packages\.fluentbit\.io/(?:[^?#]*/)?fluent-bit-(?<version>\d+(?:\.\d+)+)`,
    "fluent/fluent-bit",
    "v{version}",
  ),
  known(String.raw`sh\.rustup\.rs(?:$|[/?#])`, "rust-lang/rustup"),
  known(String.raw`get\.k3s\.io(?:$|[/?#])`, "k3s-io/k3s"),
  known(`(?:www\\.)?7-zip\\.org/a/7z(?<version>[\\d${HOLE}]+)[-.]`, "ip7z/7zip"),
  rule(
    String.raw`releases\.hashicorp\.com/(?<name>[\w-]+)/(?<version>[^/]+)/`,
    ({ name }) => toPurl("github", `hashicorp/${name}`),
    "loose",
    { tagTemplate: "v{version}" },
  ),
  rule(String.raw`bootstrap\.pypa\.io/(?:pip/)?get-pip\.py`, () => toPurl("pypi", "pip"), "pep440"),
  rule(String.raw`install\.python-poetry\.org(?:$|[/?#])`, () => toPurl("pypi", "poetry"), "pep440"),
  rule(
    String.raw`(?<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?/(?:[^?#]*/)?pool/(?:[^?#]*/)?(?<name>[a-z0-9][a-z0-9+.-]*)_(?<version>\d[\w.+~%-]*)_(?:[a-z0-9]+|${HOLE})\.deb(?:$|[?#])`,
    ({ host, name }) => toPurl("deb", `${/ubuntu|launchpad/i.test(host ?? "") ? "ubuntu" : "debian"}/${name}`),
    "loose",
  ),
  ...[
    String.raw`(?<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?/(?:[^?#]*/)?(?<name>[A-Za-z][A-Za-z0-9+_]*(?:[-.][A-Za-z][A-Za-z0-9+_]*)*)[-_]v?(?<version>\d+(?:\.\d+)+(?:[-.]?(?:rc|beta|alpha|b|a)\d+)?)(?:[-_.][\w.-]*?)?\.(?:tar\.\w+|t[gx]z|zip|deb|rpm|apk|jar|whl|exe|msi|dmg|sh|bin|phar|AppImage)(?:/download)?(?:$|[?#])`,
    String.raw`(?<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?/(?:[^?#]*/)?(?<name>[A-Za-z][\w+]*(?:[-.][A-Za-z][\w+]*)*?)[-_]latest(?:[-_.][^/?#]*)?(?:$|[?#])`,
    String.raw`(?<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?/(?:[^?#]*/)?(?<name>[\w.-]+)/(?<ref>[0-9a-f]{40})/[^?#]*\.(?:tar\.\w+|t[gx]z|zip|deb|rpm|apk|jar|whl|bin)(?:$|[?#])`,
  ].map((address) =>
    rule(
      address,
      ({ host, name }) => toPurl("generic", name ?? "", { repository_url: (host ?? "").toLowerCase() }),
      "loose",
    ),
  ),
];

/** A schema is named to say what a document is like; nothing is taken from there. */
const SCHEMA =
  /^https?:\/\/(?:raw\.githubusercontent\.com|github\.com\/[\w.-]+\/[\w.-]+\/(?:raw|blob))\/\S*schema[\w.-]*\.json(?:$|[?#])/i;

/** Recognises an address whose holes are filled; undefined when it names nothing that has versions. */
export function locateUrl(url: string): LocatedUrl | undefined {
  if (url.length > 1_000 || SCHEMA.test(url)) return undefined;
  for (const { address, upstream, scheme, tagTemplate, partial, packed } of RULES) {
    const match = address.exec(url);
    if (match === null) continue;
    const purl = upstream(match.groups ?? {});
    if (purl.includes(encodeURIComponent(HOLE))) return undefined;
    const part = partOf(match);
    const major = match.indices?.groups?.major;
    return {
      upstream: purl,
      scheme,
      ...(partial === true ? { partial } : {}),
      ...(packed === true ? { packed } : {}),
      ...(part === undefined ? {} : { part }),
      ...(major === undefined ? {} : { major: { start: major[0], end: major[1] } }),
      ...(tagTemplate === undefined ? {} : { tagTemplate }),
    };
  }
  return undefined;
}

/** A script of nobody known that is run as it comes: its host is all that names it. */
export function locateHost(url: string): LocatedUrl | undefined {
  const host = /^https?:\/\/([\w.-]+\.[a-z]{2,})(?:[/?#]|$)/i.exec(url)?.[1];
  return host === undefined ? undefined : { upstream: toPurl("generic", host.toLowerCase()), scheme: "loose" };
}

/** The repository that is cloned from an address; undefined when it is none that can be named. */
export function locateRepository(url: string): string | undefined {
  const match =
    /^(?:(?:https?|git|ssh):\/\/(?:[^@/]*@)?|git@|(?=github\.com\/))(?<host>[\w.-]+)(?::\d+)?[/:](?<path>[\w./-]+?)(?:\.git)?\/?$/.exec(
      url,
    );
  const { host, path } = match?.groups ?? {};
  if (host === undefined || path === undefined || !path.includes("/")) return undefined;
  if (host === "github.com") return toPurl("github", path.split("/").slice(0, 2).join("/"));
  return /^gitlab\.|^salsa\.debian\.org$/.test(host) ? gitlabPurl(host, path) : toPurl("generic", `${host}/${path}`);
}

function partOf(match: RegExpExecArray): LocatedUrl["part"] {
  for (const kind of ["tag", "version", "ref", "branch"] as const) {
    const span = match.indices?.groups?.[kind];
    if (span !== undefined) return { kind, start: span[0], end: span[1] };
  }
  return undefined;
}

function known(address: string, repository: string, tagTemplate?: string): UrlRule {
  const upstream = toPurl("github", repository);
  return rule(address, () => upstream, "loose", tagTemplate === undefined ? {} : { tagTemplate });
}

function gitlabPurl(host: string | undefined, path: string | undefined): string {
  return toPurl("gitlab", path ?? "", host === "gitlab.com" ? {} : { repository_url: host ?? "" });
}

function stripGit(name: string | undefined): string {
  return (name ?? "").replace(/\.git$/, "");
}
