import { describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher, FetchRequest, FetchResponse } from "../../../src/lib/fetcher.ts";
import { createRegistry } from "../../../src/lib/registry/client.ts";
import type { RegistryLogin } from "../../../src/lib/registry/token-request.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const LOGIN = { username: "me", password: "secret" };
const BASIC = `Basic ${Buffer.from("me:secret").toString("base64")}`;
const pull = (name: string) => `repository:${name}:pull`;

/** How a registry answers who has no token, and what its token service must be asked with. */
type Dance = {
  readonly host: string;
  readonly image: string;
  /** The path below `/v2/` of the registry. */
  readonly name?: string;
  readonly at?: string;
  readonly realm?: string;
  readonly service?: string;
  /** The scope that the registry names; absent: `repository:<name>:pull`. */
  readonly scope?: string;
  /** Which scope is asked for; absent: what was named. */
  readonly asked?: string;
  /** What the service answers; absent: `{ token, expires_in }`. */
  readonly token?: object;
};

const dances: readonly Dance[] = [
  {
    host: "docker.io",
    image: "python",
    name: "library/python",
    at: "registry-1.docker.io",
    realm: "https://auth.docker.io/token",
    service: "registry.docker.io",
    token: { token: "T", access_token: "T", expires_in: 300, issued_at: "2026-11-20T20:00:00Z" },
  },
  { host: "ghcr.io", image: "owner/tool", realm: "https://ghcr.io/token", service: "ghcr.io", token: { token: "T" } },
  { host: "quay.io", image: "keycloak/keycloak", realm: "https://quay.io/v2/auth", service: "quay.io" },
  {
    host: "docker.elastic.co",
    image: "beats/filebeat-oss",
    realm: "https://docker-auth.elastic.co/auth",
    service: "token-service",
    token: { token: "T" },
  },
  {
    host: "public.ecr.aws",
    image: "docker/library/python",
    realm: "https://public.ecr.aws/token/",
    service: "public.ecr.aws",
    scope: "aws",
  },
  {
    host: "registry.redhat.io",
    image: "ubi9/ubi",
    realm: "https://registry.redhat.io/auth/realms/rhcc/protocol/redhat-docker-v2/auth",
    service: "docker-registry",
    token: { access_token: "T", expires_in: 300 },
  },
  { host: "gcr.io", image: "distroless/static", realm: "https://gcr.io/v2/token", service: "gcr.io" },
  {
    host: "registry.gitlab.com",
    image: "group/tool",
    realm: "https://gitlab.com/jwt/auth",
    service: "container_registry",
    scope: "repository:group/tool:pull,push",
    asked: pull("group/tool"),
  },
  { host: "registry.access.redhat.com", image: "ubi9/ubi-minimal" },
  { host: "registry.k8s.io", image: "pause" },
];

/** A world of registries over https: one fetcher that plays all of them. */
function play({ host, at = host, image, name = image, realm, service, scope = pull(name), token }: Dance) {
  const asked: FetchRequest[] = [];
  const answer = (request: FetchRequest): Partial<FetchResponse> => {
    const url = new URL(request.url);
    if (url.host === at && url.pathname === `/v2/${name}/manifests/1.0`) {
      const challenge = `Bearer realm="${realm}",service="${service}",scope="${scope}"`;
      const granted = realm === undefined || request.headers?.authorization === "Bearer T";
      return granted
        ? { status: 200, headers: { "docker-content-digest": DIGEST } }
        : { status: 401, headers: { "www-authenticate": challenge } };
    }
    if (realm !== undefined && request.url.startsWith(realm)) {
      return { status: 200, body: Buffer.from(JSON.stringify(token ?? { token: "T", expires_in: 60 })) };
    }
    return { status: 404 };
  };
  const fetcher: Fetcher = {
    fetch: async (request) => {
      asked.push(request);
      return { status: 200, url: request.url, headers: {}, body: new Uint8Array(), ...answer(request) };
    },
    close: async () => undefined,
  };
  return { fetcher, asked };
}

describe.each(dances)("the token dance of $host", (dance) => {
  const run = async (login?: RegistryLogin) => {
    const { fetcher, asked } = play(dance);
    const registry = createRegistry(fetcher, {}, (host) => (host === dance.host ? login : undefined));
    expect(await registry.digest(dance.host, dance.image, "1.0")).toBe(DIGEST);
    return asked.find(({ url }) => dance.realm !== undefined && url.startsWith(dance.realm));
  };
  const scope = dance.asked ?? dance.scope ?? pull(dance.name ?? dance.image);

  it("opens public images to nobody in particular", async () => {
    const request = await run();
    if (dance.realm === undefined) return expect(request).toBeUndefined();
    const { searchParams } = new URL(request?.url ?? "");
    expect(Object.fromEntries(searchParams)).toEqual({ service: dance.service, scope });
    expect(request?.headers).toEqual({});
  });

  it("takes a login to the token service that belongs to the registry", async () => {
    const request = await run(LOGIN);
    expect(request?.headers?.authorization).toBe(dance.realm === undefined ? undefined : BASIC);
  });

  it("takes an identity token, which travels in the body", async () => {
    const request = await run({ identityToken: "refresh-me" });
    if (dance.realm === undefined) return expect(request).toBeUndefined();
    expect(request).toMatchObject({ url: dance.realm, method: "POST" });
    expect(Object.fromEntries(new URLSearchParams(String(request?.body)))).toEqual({
      grant_type: "refresh_token",
      refresh_token: "refresh-me",
      client_id: "headgate",
      service: dance.service,
      scope,
    });
  });
});

describe("a login", () => {
  const foreign: Dance = { host: "quay.io", image: "a/b", realm: "https://elsewhere.example/token", service: "s" };

  it("is not told to a token service of somebody else, unless the configuration names it", async () => {
    const { fetcher, asked } = play(foreign);
    await createRegistry(fetcher, {}, () => LOGIN).digest("quay.io", "a/b", "1.0");
    expect(asked.find(({ url }) => url.startsWith("https://elsewhere"))?.headers).toEqual({});
    const allowed = { "quay.io": { url: "https://quay.io", tokenHost: "elsewhere.example" } };
    await createRegistry(fetcher, allowed, () => LOGIN).digest("quay.io", "a/b", "1.0");
    expect(asked.findLast(({ url }) => url.startsWith("https://elsewhere"))?.headers).toEqual({ authorization: BASIC });
  });

  it("that could not be told is named where the token service refuses", async () => {
    const refusing: Fetcher = {
      ...play(foreign).fetcher,
      fetch: async (request) =>
        request.url.startsWith("https://elsewhere")
          ? { status: 401, url: request.url, headers: {}, body: new Uint8Array() }
          : play(foreign).fetcher.fetch(request),
    };
    const outcome = await createRegistry(refusing, {}, () => LOGIN).digest("quay.io", "a/b", "1.0");
    expect(isFailure(outcome) && outcome.message).toContain("name that host as its token-host");
  });

  it("is not told in the clear when the registry itself is reached safely", async () => {
    const { fetcher, asked } = play({ ...foreign, realm: "http://quay.io/v2/auth" });
    await createRegistry(fetcher, {}, () => LOGIN).digest("quay.io", "a/b", "1.0");
    expect(asked.find(({ url }) => url.startsWith("http://"))?.headers).toEqual({});
  });
});

describe("a mirror", () => {
  const mirror: Dance = {
    host: "docker.io",
    at: "mirror.example",
    image: "python",
    name: "hub/library/python",
    realm: "https://mirror.example/service/token",
    service: "mirror",
  };
  const registries = { "docker.io": { url: "https://mirror.example/hub" } };

  it("is asked in place of the registry, for its own names, with its own login", async () => {
    const { fetcher, asked } = play(mirror);
    const hosts: string[] = [];
    const registry = createRegistry(fetcher, registries, (host) => {
      hosts.push(host);
      return host === "mirror.example" ? LOGIN : undefined;
    });
    expect(await registry.digest("docker.io", "python", "1.0")).toBe(DIGEST);
    expect(hosts).toEqual(["mirror.example"]);
    const token = asked.find(({ url }) => url.startsWith("https://mirror.example/service"));
    expect(new URL(token?.url ?? "").searchParams.get("scope")).toBe(pull("hub/library/python"));
    expect(token?.headers).toEqual({ authorization: BASIC });
    expect(asked.map(({ url }) => new URL(url).host)).not.toContain("registry-1.docker.io");
  });
});
