import { answerHub, answerHubTag } from "./oci/hub.ts";
import { manifestsOf } from "./oci/manifests.ts";
import type { OciRepository, OciWorld } from "./oci/world.ts";
import { type Answer, type Received, type StandIn, type StandInOptions, startStandIn } from "./stand-in.ts";

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
  const all = [...Object.values(repository.tags), ...(repository.untagged ?? [])];
  const manifests = tag === undefined ? all.flatMap(manifestsOf) : manifestsOf(tag);
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

function registryError(status: number, code: string, message: string): Answer {
  return { status, body: { errors: [{ code, message, detail: null }] } };
}

function repositoryOfScope(scope: string): string {
  return /^repository:(.+):pull$/.exec(scope)?.[1] ?? "";
}
