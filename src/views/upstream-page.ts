import { own } from "../domain/own.ts";
import { type PurlParts, parsePurl } from "../domain/upstream.ts";

const GITHUB = "https://github.com";

/** The page of a repository on GitHub, where the purl names one. `web` is another forge's address (GitHub Enterprise). */
export function repositoryPage(upstream: string, web = GITHUB): string | undefined {
  const parts = parsePurl(upstream);
  if (parts === undefined || parts.namespace === "") return undefined;
  if (parts.type !== "github" && parts.type !== "githubactions") return undefined;
  const [owner = "", name = parts.name] = parts.namespace.split("/"); // an action may be a folder of its repository
  return `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}

/** Where a registry shows a package, and one version of it. Names are encoded. */
type Pages = { readonly of: (name: string) => string; readonly at: (name: string, version: string) => string };

const REGISTRIES: Readonly<Record<string, Pages>> = {
  pypi: {
    of: (name) => `https://pypi.org/project/${name}/`,
    at: (name, version) => `https://pypi.org/project/${name}/${version}/`,
  },
  npm: {
    of: (name) => `https://www.npmjs.com/package/${name}`,
    at: (name, version) => `https://www.npmjs.com/package/${name}/v/${version}`,
  },
  gem: {
    of: (name) => `https://rubygems.org/gems/${name}`,
    at: (name, version) => `https://rubygems.org/gems/${name}/versions/${version}`,
  },
  cargo: {
    of: (name) => `https://crates.io/crates/${name}`,
    at: (name, version) => `https://crates.io/crates/${name}/${version}`,
  },
  golang: {
    of: (name) => `https://pkg.go.dev/${name}`,
    at: (name, version) => `https://pkg.go.dev/${name}@${version}`,
  },
  maven: {
    of: (name) => `https://central.sonatype.com/artifact/${name}`,
    at: (name, version) => `https://central.sonatype.com/artifact/${name}/${version}`,
  },
};

/** A page about an upstream that people can read; undefined when none is known, as of what another server holds. */
export function upstreamPage(upstream: string, web = GITHUB): string | undefined {
  const parts = parsePurl(upstream);
  if (parts === undefined || parts.qualifiers.repository_url !== undefined) return undefined;
  if (parts.type === "docker") return hubPage(parts);
  if (parts.type === "gitlab" && parts.namespace !== "") return `https://gitlab.com/${nameOf(parts)}`;
  if (parts.type === "bitbucket" && parts.namespace !== "") return `https://bitbucket.org/${nameOf(parts)}`;
  return own(REGISTRIES, parts.type)?.of(nameOf(parts)) ?? repositoryPage(upstream, web);
}

/** `@scope/name`, `example.org/module`, `group/artifact`: each part encoded, the slashes and the sign of a scope as they are. */
function nameOf({ namespace, name }: PurlParts): string {
  const path = namespace === "" ? name : `${namespace}/${name}`;
  return path
    .split("/")
    .map((part) => encodeURIComponent(part.toWellFormed()).replace(/^%40/, "@"))
    .join("/");
}

/** What changed between two tags, where the repository is on GitHub. */
export function comparePage(upstream: string, from: string, to: string, web = GITHUB): string | undefined {
  const page = repositoryPage(upstream, web);
  return page === undefined
    ? undefined
    : `${page}/compare/${encodeURIComponent(from.toWellFormed())}...${encodeURIComponent(to.toWellFormed())}`;
}

function hubPage({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  const official = namespace === "" || namespace === "library";
  const path = official ? `_/${encodeURIComponent(name)}` : `r/${namespace}/${encodeURIComponent(name)}`;
  return `https://hub.docker.com/${path}`;
}

/** A page about one version that people can read; undefined when none is known. `version` is the tag where there are tags. */
export function versionPage(upstream: string, version: string): string | undefined {
  const parts = parsePurl(upstream);
  if (parts === undefined || parts.qualifiers.repository_url !== undefined) return undefined;
  const name = encodeURIComponent(version.toWellFormed());
  const registry = own(REGISTRIES, parts.type);
  if (registry !== undefined) return registry.at(nameOf(parts), name);
  const page = repositoryPage(upstream);
  if (page === undefined) return undefined;
  return /^[0-9a-f]{40}$/.test(version) ? `${page}/commit/${version}` : `${page}/releases/tag/${name}`;
}
