import { parsePurl, pathOfPurl } from "../domain/upstream.ts";
import { packageVersionOf } from "../lib/facts/deps-dev.ts";
import type { RepositoryFacts } from "../lib/facts/repository-facts.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import { isPrivatePackage } from "../lib/http/urls.ts";
import { imageOfPurl, isOfficial, isOwnNamespace } from "../lib/registry/image-source.ts";
import type { Collected, ScoreContext } from "./signal.ts";

/** A GitHub repository's facts, with how it is known to be the upstream's. */
type AskedRepository = {
  readonly repository: RepositoryFacts;
  /** True when only the package itself says that this is its source: neither the repository nor provenance names it back. */
  readonly claimed: boolean;
  readonly url: string;
};

/** One for all: it is said of every image that names no source, by every signal about repositories. */
export const NO_REPOSITORY = new Failure("not-checked", "No source repository on GitHub is known.");

/** Asks GitHub about an upstream's repository: its own, or the one that the package names. Equal questions cost one request. */
export async function askRepository(purl: string, context: ScoreContext): Promise<AskedRepository | Failure> {
  const named = await sourceRepository(purl, context);
  if (named === undefined) return NO_REPOSITORY;
  if (context.github === undefined) {
    return new Failure("not-checked", "No GitHub token: repositories are not looked at.");
  }
  const repository = await context.github.facts(named.owner, named.name);
  if (isFailure(repository)) return repository;
  const claimed = !isRepository(purl) && !(await isVerified(purl, repository, context));
  return { repository, claimed, url: `${context.urls.github.web}/${repository.nameWithOwner}` };
}

/** What of a repository's facts a signal keeps, beside the repository itself. */
export async function collectFromRepository<Kept extends object>(
  purl: string,
  context: ScoreContext,
  keep: (repository: RepositoryFacts) => Kept | Failure,
): Promise<Collected<{ repository: string; claimed: boolean } & Kept> | Failure> {
  const asked = await askRepository(purl, context);
  if (isFailure(asked)) return asked;
  const kept = keep(asked.repository);
  if (isFailure(kept)) return kept;
  const facts = { repository: asked.repository.nameWithOwner, claimed: asked.claimed, ...kept };
  return { facts, source: asked.url, at: context.now };
}

/** The repository on GitHub that an upstream is, or that its package names; undefined when none is known. */
export async function sourceRepository(
  purl: string,
  context: ScoreContext,
): Promise<{ readonly owner: string; readonly name: string } | undefined> {
  const source = parsePurl(isRepository(purl) ? purl : ((await context.repositoryOf(purl)) ?? ""));
  if (source === undefined || !["github", "githubactions"].includes(source.type)) return undefined;
  const [owner = "", name = source.name] = [...source.namespace.split("/"), source.name].filter((part) => part !== "");
  return { owner, name };
}

/** True for upstreams that are GitHub repositories themselves. */
function isRepository(purl: string): boolean {
  return purl.startsWith("pkg:github/") || purl.startsWith("pkg:githubactions/");
}

/**
 * The repository names the package back in its own files, or provenance that deps.dev verified names the repository. An
 * image: Docker's library reviews where its recipe is, and nobody else can push into an owner's part of GitHub's registry.
 */
async function isVerified(purl: string, repository: RepositoryFacts, context: ScoreContext): Promise<boolean> {
  const image = imageOfPurl(purl);
  if (image !== undefined)
    return isOfficial(image) || isOwnNamespace(image, repository.nameWithOwner.split("/")[0] ?? "");
  const parts = parsePurl(purl);
  if (parts === undefined || privacyOf(purl, context) !== undefined) return false;
  const path = pathOfPurl(parts);
  const full = repository.nameWithOwner.toLowerCase();
  // a module proxy takes a module from the place that its path names (https://go.dev/ref/mod#vcs-find)
  if (parts.type === "golang" && `${path.toLowerCase()}/`.startsWith(`github.com/${full}/`)) return true;
  if (repository.packages.includes(`${parts.type}:${path}`)) return true;
  const [newest] = context.releasesOf(purl);
  const version = newest && packageVersionOf(parts.type, path, newest.version);
  const known = version && (await context.depsDev.version(version));
  return known !== undefined && !isFailure(known) && known.repository === `github.com/${full}`;
}

/** Why no service outside is asked about a package: it is on an index of one's own. Undefined: it is public. */
export function privacyOf(purl: string, { urls }: ScoreContext): Failure | undefined {
  const elsewhere = parsePurl(purl)?.qualifiers.repository_url !== undefined;
  if (!elsewhere && !isPrivatePackage(purl, urls)) return undefined;
  return new Failure("not-checked", "It is private: no service outside is asked about it.");
}
