import { parsePurl, pathOfPurl, toPurl } from "../../domain/upstream.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import type { ServiceUrls } from "../http/urls.ts";
import { repositoryOfUrl } from "../packages/repository.ts";
import type { Registry } from "./client.ts";
import { hubDescription } from "./docker-hub-facts.ts";
import { type ImageFacts, readImageFacts } from "./image-config.ts";
import type { ImageName } from "./image-reference.ts";
import { readOfficialImage } from "./official-image-file.ts";

/** How far the repository that an image names is known to be its own. */
export type SourceClaim = { readonly owner: string; readonly name: string; readonly verified: boolean };

/** The image of a purl; undefined for other kinds of upstream. */
export function imageOfPurl(purl: string): ImageName | undefined {
  const parts = parsePurl(purl);
  if (parts?.type !== "docker" && parts?.type !== "oci") return undefined;
  const host = parts.qualifiers.repository_url ?? "docker.io";
  const bare = pathOfPurl(parts);
  return { host, repository: host === "docker.io" && parts.namespace === "" ? `library/${bare}` : bare };
}

/**
 * The GitHub repository that an image's source label names. Verified: the image lies in that owner's own namespace of
 * GitHub's registry, where nobody else can push. Anywhere else the label is the builder's word.
 */
export function sourceOfImage(facts: ImageFacts, image: ImageName): SourceClaim | undefined {
  const [, owner, name] =
    /^(?:https?:\/\/)?github\.com\/([\w.-]+)\/([\w.-]+?)(?:\.git)?(?:[/#?].*)?$/i.exec(facts.source ?? "") ?? [];
  return owner === undefined || name === undefined
    ? undefined
    : { owner, name, verified: isOwnNamespace(image, owner) };
}

/** True where nobody but that owner on GitHub can push the image: in the owner's namespace of GitHub's registry. */
export function isOwnNamespace({ host, repository }: ImageName, owner: string): boolean {
  return host === "ghcr.io" && repository.split("/")[0]?.toLowerCase() === owner.toLowerCase();
}

/** Images that Docker's own library builds, from files that are reviewed there. */
export function isOfficial({ host, repository }: ImageName): boolean {
  return host === "docker.io" && repository.startsWith("library/");
}

type Clients = { readonly fetcher: Fetcher; readonly registry: Registry; readonly urls: ServiceUrls };

/**
 * The repository on GitHub that an image comes from, as a purl; undefined where nothing names one. Of an official image:
 * where its recipe is. On Docker Hub, which counts every look at a manifest as a pull: a repository of a like name in its
 * description. Elsewhere: what the label of `reference` (a tag or digest) says. Who may believe it is another question.
 */
export async function repositoryOfImage(
  image: ImageName,
  reference: string | undefined,
  { fetcher, registry, urls }: Clients,
): Promise<string | undefined | Failure> {
  if (isOfficial(image)) {
    const name = image.repository.slice("library/".length);
    const official = await readOfficialImage(fetcher, urls.officialImages.url, name);
    return isFailure(official) ? official : official?.repository && repositoryOfUrl(official.repository);
  }
  if (image.host === "docker.io") {
    const hub = urls.registries["docker.io"]?.hub;
    const text = hub === undefined ? undefined : await hubDescription(fetcher, hub, image.repository);
    return text === undefined || isFailure(text) ? text : namedLike(image, text);
  }
  if (reference === undefined) return undefined;
  const facts = await readImageFacts(registry, image, reference);
  if (isFailure(facts)) return facts.code === "not-found" ? undefined : facts;
  const claim = sourceOfImage(facts, image);
  return claim === undefined ? undefined : toPurl("github", `${claim.owner}/${claim.name}`);
}

/** The first repository in a description whose owner is called as the image's: others are neighbours and base images. */
function namedLike({ repository }: ImageName, text: string): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const [namespace = "", name = ""] = repository.split("/").map(plain);
  const links = (text.match(/https:\/\/github\.com\/[\w.-]+\/[\w.-]*\w/g) ?? []).flatMap(
    (url) => repositoryOfUrl(url) ?? [],
  );
  const likeness = (purl: string) => {
    const [owner = "", project = ""] = purl.slice("pkg:github/".length).split("/").map(plain);
    if (owner !== namespace) return 0;
    return project === name ? 2 : 1;
  };
  return links.toSorted((a, b) => likeness(b) - likeness(a)).find((purl) => likeness(purl) > 0);
}
