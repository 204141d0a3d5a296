import { sha256Of } from "./sha256.ts";

/** What a tag points at. Equal `content` is an equal image: pushing again with other content moves the digest. */
export type OciTag = {
  content: string;
  /** What Docker Hub shows as the time of the last push. */
  pushedAt?: string;
  /** Default: one index over linux/amd64 and linux/arm64 with an attestation manifest; false: a single manifest. */
  multiPlatform?: boolean;
  /** Those of an index; default: amd64 and arm64. */
  architectures?: readonly string[];
  /** What the configuration of each platform says. */
  config?: Readonly<Record<string, unknown>>;
  /** Packages with their versions, as BuildKit's attestation lists them. */
  packages?: Readonly<Record<string, string>>;
};

/** The images of one name. */
export type OciRepository = {
  tags: Record<string, OciTag>;
  /** What tags pointed at before: registries keep it under its digest, until they clean up. */
  untagged?: OciTag[];
  /** Only readable with a login. */
  private?: boolean;
  /** Manifests besides those of images, by tag and by digest; blobs by digest. */
  attached?: Record<string, { readonly mediaType: string; readonly body: string }>;
  /** What refers to a digest, for registries that list it. */
  referrers?: Record<string, object[]>;
  /** Fields of Docker Hub's repository page: star_count, pull_count … */
  hub?: Record<string, unknown>;
};

/** One registry. The optional fields are the ways in which real registries differ. */
export type OciWorld = {
  readonly repositories: Record<string, OciRepository>;
  /** False: nothing asks for a token. Default: every request needs one, also for public images. */
  tokenRequired?: boolean;
  /** `expires_in` of tokens, in seconds; absent: not said (which means 60). */
  tokenLifetime?: number;
  /** User name → password, for Basic authorisation at the token service. */
  users?: Record<string, string>;
  /** The token service refuses everything when one of the repositories may not be read; or more than one at all. */
  strictTokens?: boolean;
  oneScope?: boolean;
  /** A token is for the first scope that was asked for, and its service does not say so. */
  firstScopeOnly?: boolean;
  /** A token for more than so many repositories is too long a header for this registry. */
  mostScopes?: number;
  /** Another token service than the registry's own host. */
  realm?: string;
  /** Where on this host tokens are given (default `/token`), and to whom: with a name, requests that do not name it are refused. */
  tokenPath?: string;
  service?: string;
  /** The one scope that opens everything, whatever is asked about. */
  scope?: string;
  /** Gives no tokens, but wants a user's name and password with every request. */
  basic?: boolean;
  /** What is not there looks as if it might not be read; `refusal`: the status of that at the registry (default 403). */
  hidesUnknown?: boolean;
  refusal?: 401 | 403;
  /** Most tags on one page (default 1000); `ignorePageSize`: all at once whatever is asked. */
  pageSize?: number;
  ignorePageSize?: boolean;
  /** Who asks for a longer page than that gets none. */
  longestPage?: number;
  /** How the next page is linked. `wrong-prefix` is a virtual repository that forgets its own path, `opaque` a page without `last`. */
  nextLink?: "relative" | "absolute" | "wrong-prefix" | "opaque";
  /** Pages in the order of pushing instead of lexical order. */
  oldestFirst?: boolean;
  /** HEAD without `Docker-Content-Digest`. */
  digestlessHead?: boolean;
  /** No HEAD at all. */
  headless?: boolean;
  /** Headers of every answer about manifests. */
  manifestHeaders?: Readonly<Record<string, string>>;
};

/** Pushes an image under a tag; other content under the same tag moves it. */
export function pushImage(world: OciWorld, repository: string, tag: string, image: OciTag): void {
  world.repositories[repository] ??= { tags: {} };
  world.repositories[repository].tags[tag] = image;
}

/** An artifact beside an image: its layers with their annotations. */
export type OciArtifact = {
  readonly layers: readonly {
    readonly content: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly mediaType?: string;
  }[];
  readonly artifactType?: string;
};

/** Pushes an artifact; `tag` names it, `refersTo` lists it among the referrers of a digest. Gives its digest. */
export function attachArtifact(
  world: OciWorld,
  repository: string,
  artifact: OciArtifact,
  { tag, refersTo }: { readonly tag?: string; readonly refersTo?: string },
): string {
  world.repositories[repository] ??= { tags: {} };
  const known = world.repositories[repository];
  known.attached ??= {};
  const attached = known.attached;
  const layers = artifact.layers.map(({ content, annotations, mediaType = "application/octet-stream" }) => {
    const digest = sha256Of(content);
    attached[digest] = { mediaType, body: content };
    return { mediaType, digest, size: content.length, ...(annotations && { annotations }) };
  });
  const { artifactType } = artifact;
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const body = JSON.stringify({ schemaVersion: 2, mediaType, ...(artifactType && { artifactType }), layers });
  const digest = sha256Of(body);
  attached[digest] = { mediaType, body };
  if (tag !== undefined) attached[tag] = { mediaType, body };
  if (refersTo !== undefined) {
    known.referrers ??= {};
    known.referrers[refersTo] = [
      ...(known.referrers[refersTo] ?? []),
      { mediaType, digest, size: body.length, artifactType },
    ];
  }
  return digest;
}
