import { createHash } from "node:crypto";
import { type Answer, type Received, type StandIn, type StandInOptions, startStandIn } from "./stand-in.ts";

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

type OciRepository = {
  tags: Record<string, OciTag>;
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
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    attached[digest] = { mediaType, body: content };
    return { mediaType, digest, size: content.length, ...(annotations && { annotations }) };
  });
  const { artifactType } = artifact;
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const body = JSON.stringify({ schemaVersion: 2, mediaType, ...(artifactType && { artifactType }), layers });
  const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
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

/** The digest that a tag with this content has. */
export function digestOf(image: OciTag): string {
  return manifestsOf(image)[0]?.digest ?? "";
}

/** A stand-in of a registry, of its token service (`/token`) and, for Docker Hub, of the web API's tag pages. */
export async function startOci(world: OciWorld, manner: StandInOptions = {}): Promise<StandIn> {
  let url = "";
  const tokens = new Map<string, { readonly scopes: readonly string[]; readonly expiresAt: number }>();
  const standIn = await startStandIn((request) => {
    if (request.path === (world.tokenPath ?? "/token")) return issueToken(world, request, tokens);
    const hub =
      /^\/v2\/(?:namespaces\/([^/]+)\/repositories|repositories\/([^/]+))\/([^/]+)(\/tags(?:\/([^/]+))?)?\/?$/.exec(
        request.path,
      );
    if (hub?.[5] !== undefined) return answerHubTag(world, `${hub[1] ?? hub[2]}/${hub[3]}`, hub[5]);
    if (hub !== null) return answerHub(world, url, request, [`${hub[1] ?? hub[2]}/${hub[3]}`, hub[4] !== undefined]);
    return answerRegistry(world, url, request, tokens);
  }, manner);
  url = standIn.url;
  return standIn;
}

type Tokens = Map<string, { readonly scopes: readonly string[]; readonly expiresAt: number }>;
type Manifest = { readonly digest: string; readonly mediaType: string; readonly body: string };

function issueToken(world: OciWorld, request: Received, tokens: Tokens): Answer {
  const known = isUser(world, request);
  if (request.headers.authorization?.startsWith("Basic ") === true && !known)
    return registryError(401, "UNAUTHORIZED", "incorrect username or password");
  if (world.service !== undefined && request.query.get("service") !== world.service)
    return registryError(400, "UNSUPPORTED", "unknown service");
  const scopes = request.query.getAll("scope").flatMap((scope) => scope.split(" "));
  if (world.oneScope === true && scopes.length > 1) return registryError(400, "UNSUPPORTED", "one scope at a time");
  const isHidden = (scope: string) => {
    const repository = world.repositories[repositoryOfScope(scope)];
    const isThere = repository !== undefined || world.hidesUnknown !== true || scope === world.scope;
    return !isThere || (repository?.private === true && !known);
  };
  if (world.strictTokens === true && scopes.some(isHidden))
    return registryError(403, "DENIED", "requested access is denied");
  const heeded = world.firstScopeOnly === true ? scopes.slice(0, 1) : scopes;
  const granted = heeded.filter((scope) => !isHidden(scope)); // less access than asked is still a 200
  const token = `token-${tokens.size + 1}`;
  tokens.set(token, { scopes: granted, expiresAt: Date.now() + (world.tokenLifetime ?? 60) * 1_000 });
  return {
    body: {
      token,
      ...(world.tokenLifetime !== undefined && { expires_in: world.tokenLifetime }),
      issued_at: new Date().toISOString(),
    },
  };
}

/** True for the name and the password of a user, as Basic authorisation writes them. */
function isUser(world: OciWorld, { headers }: Received): boolean {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  const [user = "", password] = Buffer.from(basic, "base64").toString().split(":");
  return password !== undefined && world.users?.[user] === password;
}

function answerRegistry(world: OciWorld, url: string, request: Received, tokens: Tokens): Answer {
  const match = /^\/v2\/(.+)\/(tags\/list|(?:manifests|blobs)\/([^/]+)|referrers\/([^/]+))$/.exec(request.path);
  const name = match?.[1];
  if (name === undefined) return request.path === "/v2/" ? { body: {} } : registryError(404, "UNSUPPORTED", "no route");
  const challenge = challengeOf(world, url, name, request, tokens);
  if (challenge !== undefined) return challenge;
  const repository = world.repositories[name];
  if (repository === undefined) return registryError(404, "NAME_UNKNOWN", "repository name not known to registry");
  if (match?.[3] !== undefined) return answerManifest(world, repository, decodeURIComponent(match[3]), request);
  if (match?.[4] !== undefined) return answerReferrers(repository, decodeURIComponent(match[4]));
  return answerTags(world, url, name, repository, request);
}

function challengeOf(
  world: OciWorld,
  url: string,
  name: string,
  request: Received,
  tokens: Tokens,
): Answer | undefined {
  if (world.tokenRequired === false) return undefined;
  if (world.basic === true) {
    if (isUser(world, request)) return undefined;
    const refused = registryError(401, "UNAUTHORIZED", "authentication required");
    return { ...refused, headers: { "www-authenticate": 'Basic realm="Registry Realm"' } };
  }
  const token = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "");
  const scope = world.scope ?? `repository:${name}:pull`;
  if (token !== undefined && token.scopes.length > (world.mostScopes ?? Number.POSITIVE_INFINITY))
    return { status: 431, body: "Request Header Fields Too Large" };
  if (token?.scopes.includes(scope) && token.expiresAt > Date.now()) return undefined;
  if (token !== undefined && token.expiresAt > Date.now() && world.refusal !== 401)
    return registryError(403, "DENIED", "requested access is denied");
  const answer = registryError(401, "UNAUTHORIZED", "authentication required");
  // the comma inside the quotes is what some registries send, and what a naive split trips over
  const realm = world.realm ?? `${url}${world.tokenPath ?? "/token"}`;
  const offered = `Bearer realm="${realm}",service="${world.service ?? "stand-in, a registry"}",scope="${scope}"`;
  return { ...answer, headers: { ...answer.headers, "www-authenticate": offered } };
}

function answerTags(world: OciWorld, url: string, name: string, repository: OciRepository, request: Received): Answer {
  const all = Object.keys(repository.tags);
  if (world.oldestFirst !== true) all.sort();
  const asked = Number(request.query.get("n") ?? "1000");
  if (asked > (world.longestPage ?? Number.POSITIVE_INFINITY))
    return registryError(400, "UNSUPPORTED", `n is above ${world.longestPage}`);
  const size = world.ignorePageSize === true ? all.length : Math.min(asked, world.pageSize ?? 1000);
  const last = request.query.get("last");
  const start = last === null ? Number(request.query.get("next_page") ?? "0") : all.indexOf(last) + 1;
  const page = all.slice(start, start + size);
  const more = start + size < all.length;
  const query = `?n=${size}&last=${encodeURIComponent(page.at(-1) ?? "")}`;
  const links = {
    relative: `/v2/${name}/tags/list${query}`,
    absolute: `${url}/v2/${name}/tags/list${query}`,
    "wrong-prefix": `/v2/${name.split("/").at(-1)}/tags/list${query}`,
    opaque: `/v2/${name}/tags/list?n=${size}&next_page=${start + size}`,
  };
  return {
    headers: more ? { link: `<${links[world.nextLink ?? "relative"]}>; rel="next"` } : {},
    body: { name, tags: all.length === 0 ? null : page },
  };
}

/** A registry without such a list has no such route. */
function answerReferrers({ referrers }: OciRepository, digest: string): Answer {
  if (referrers === undefined) return { status: 404, body: "404 page not found" };
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests: referrers[digest] ?? [] });
  return { headers: { "content-type": mediaType }, body };
}

function answerManifest(world: OciWorld, repository: OciRepository, reference: string, request: Received): Answer {
  if (world.headless === true && request.method === "HEAD") return registryError(405, "UNSUPPORTED", "unsupported");
  const attached = repository.attached?.[reference];
  if (attached !== undefined) return { headers: { "content-type": attached.mediaType }, body: attached.body };
  const tag = repository.tags[reference];
  const manifests = tag === undefined ? Object.values(repository.tags).flatMap(manifestsOf) : manifestsOf(tag);
  const manifest = tag === undefined ? manifests.find((one) => one.digest === reference) : manifests[0];
  if (manifest === undefined) return registryError(404, "MANIFEST_UNKNOWN", "manifest unknown");
  const silent = world.digestlessHead === true;
  return {
    headers: {
      "content-type": manifest.mediaType,
      ...world.manifestHeaders,
      ...(!silent && { "docker-content-digest": manifest.digest }),
      ...(request.method === "HEAD" && { "content-length": String(manifest.body.length) }),
    },
    body: manifest.body,
  };
}

function answerHub(world: OciWorld, url: string, request: Received, [name, tags]: [string, boolean]): Answer {
  const repository = world.repositories[name];
  if (repository === undefined || repository.private === true)
    return { status: 404, body: { message: "object not found", errinfo: {} } };
  if (!tags) return { body: { name: name.split("/")[1], namespace: name.split("/")[0], status: 1, ...repository.hub } };
  const newestFirst = Object.entries(repository.tags).sort(([, a], [, b]) => (pushed(a) < pushed(b) ? 1 : -1));
  const size = Math.min(Number(request.query.get("page_size") ?? "10"), world.pageSize ?? 100, 100);
  const page = Number(request.query.get("page") ?? "1");
  const shown = newestFirst.slice((page - 1) * size, page * size);
  if (shown.length === 0 && page > 1) return { status: 404, body: { message: "object not found" } };
  const next = `${url}${request.path}?page=${page + 1}&page_size=${size}&ordering=last_updated`;
  return {
    headers: { "x-ratelimit-limit": "180", "x-ratelimit-remaining": "179" },
    body: {
      count: newestFirst.length,
      next: page * size < newestFirst.length ? next : null,
      previous: null,
      results: shown.map(([tag, image], index) => hubTag(tag, image, index)),
    },
  };
}

function answerHubTag(world: OciWorld, name: string, tag: string): Answer {
  const repository = world.repositories[name];
  const image = repository?.private === true ? undefined : repository?.tags[tag];
  return image === undefined
    ? { status: 404, body: { message: "tag not found", errinfo: {} } }
    : { body: hubTag(tag, image, 0) };
}

function hubTag(name: string, image: OciTag, id: number): object {
  const [first, second, third] = manifestsOf(image);
  return {
    id,
    name,
    full_size: 45_000_000,
    v2: true,
    last_updated: pushed(image),
    last_updater_username: "publisher",
    tag_status: "active",
    tag_last_pushed: pushed(image),
    tag_last_pulled: null,
    media_type: "application/vnd.oci.image.index.v1+json",
    content_type: "image",
    digest: first?.digest ?? "",
    images: [
      { architecture: "amd64", os: "linux", variant: null, digest: second?.digest ?? null, size: 1 },
      ...(image.multiPlatform === false
        ? []
        : [
            {
              architecture: "arm64",
              os: "linux",
              variant: null,
              digest: third?.digest ?? null,
              size: 1,
            },
          ]),
      { architecture: "unknown", os: "unknown", variant: null, digest: null, size: 1 },
    ],
  };
}

function pushed(image: OciTag): string {
  return image.pushedAt ?? "2026-09-01T00:00:00.000000Z";
}

const made = new WeakMap<OciTag, { readonly from: string; readonly manifests: Manifest[] }>();

/** The manifests of an image, the one its tag points at first. They are made once for each state of a tag. */
function manifestsOf(image: OciTag): Manifest[] {
  const from = JSON.stringify(image);
  const known = made.get(image);
  if (known?.from === from) return known.manifests;
  const manifests = makeManifests(image);
  made.set(image, { from, manifests });
  return manifests;
}

function makeManifests(image: OciTag): Manifest[] {
  const config = configOf(image);
  const list = listOf(image);
  const blobs = [config, list].filter((blob) => blob !== undefined);
  if (image.multiPlatform === false) return [platformManifest(image.content, "amd64", config), ...blobs];
  const platforms = (image.architectures ?? ["amd64", "arm64"]).map((architecture) => ({
    architecture,
    manifest: platformManifest(image.content, architecture, config),
  }));
  const attestation = platformManifest(image.content, "attestation", undefined, list);
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      ...platforms.map(({ architecture, manifest }) => ({
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: manifest.body.length,
        platform: { architecture, os: "linux" },
      })),
      {
        mediaType: attestation.mediaType,
        digest: attestation.digest,
        size: attestation.body.length,
        platform: { architecture: "unknown", os: "unknown" },
        annotations: {
          "vnd.docker.reference.type": "attestation-manifest",
          "vnd.docker.reference.digest": platforms[0]?.manifest.digest,
        },
      },
    ],
  };
  return [manifest(index.mediaType, index), ...platforms.map((one) => one.manifest), attestation, ...blobs];
}

function platformManifest(content: string, architecture: string, said?: Manifest, list?: Manifest): Manifest {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: said?.digest ?? sha256(`${content} ${architecture}`),
  };
  const annotations = { "in-toto.io/predicate-type": "https://spdx.dev/Document" };
  const layers =
    list === undefined ? [] : [{ mediaType: list.mediaType, digest: list.digest, size: list.body.length, annotations }];
  return manifest(mediaType, { schemaVersion: 2, mediaType, config: { ...config, size: 2 }, layers });
}

function configOf({ config, content }: OciTag): Manifest | undefined {
  return config === undefined
    ? undefined
    : manifest("application/vnd.oci.image.config.v1+json", { ...config, content });
}

/** The statement in which BuildKit wraps what its scanner found. */
function listOf({ packages }: OciTag): Manifest | undefined {
  if (packages === undefined) return undefined;
  const rows = Object.entries(packages).map(([name, versionInfo]) => ({ name, versionInfo }));
  const predicate = { spdxVersion: "SPDX-2.3", packages: rows };
  const statement = {
    _type: "https://in-toto.io/Statement/v0.1",
    predicateType: "https://spdx.dev/Document",
    predicate,
  };
  return manifest("application/vnd.in-toto+json", statement);
}

function manifest(mediaType: string, content: object): Manifest {
  const body = JSON.stringify(content);
  return { digest: sha256(body), mediaType, body };
}

function registryError(status: number, code: string, message: string): Answer {
  return { status, body: { errors: [{ code, message, detail: null }] } };
}

function repositoryOfScope(scope: string): string {
  return /^repository:(.+):pull$/.exec(scope)?.[1] ?? "";
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
