import { parsePurl } from "../domain/upstream.ts";

const GITHUB = "https://github.com";

/** The page of a repository on GitHub, where the purl names one. `web` is another forge's address (GitHub Enterprise). */
export function repositoryPage(upstream: string, web = GITHUB): string | undefined {
  const parts = parsePurl(upstream);
  if (parts === undefined || parts.namespace === "") return undefined;
  if (parts.type !== "github" && parts.type !== "githubactions") return undefined;
  const [owner = "", name = parts.name] = parts.namespace.split("/"); // an action may be a folder of its repository
  return `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}

/** A page about an upstream that people can read; undefined when none is known. */
export function upstreamPage(upstream: string, web = GITHUB): string | undefined {
  const parts = parsePurl(upstream);
  if (parts?.type === "pypi") return `https://pypi.org/project/${encodeURIComponent(parts.name)}/`;
  if (parts?.type === "docker" && parts.qualifiers.repository_url === undefined) return hubPage(parts);
  return repositoryPage(upstream, web);
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
  const name = encodeURIComponent(version.toWellFormed());
  if (parts?.type === "pypi") return `https://pypi.org/project/${encodeURIComponent(parts.name)}/${name}/`;
  if (parts?.type === "npm") return `https://www.npmjs.com/package/${npmName(parts)}/v/${name}`;
  const page = repositoryPage(upstream);
  if (page === undefined) return undefined;
  return /^[0-9a-f]{40}$/.test(version) ? `${page}/commit/${version}` : `${page}/releases/tag/${name}`;
}

function npmName({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return [namespace, name]
    .filter((part) => part !== "")
    .map((part) => part.replace(/[^\w@.-]/g, ""))
    .join("/");
}
