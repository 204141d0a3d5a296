import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Failure, isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { createRegistry, type Registry } from "../../../src/lib/registry/client.ts";
import type { ImageTags } from "../../../src/lib/registry/tags.ts";
import type { RegistryLogin } from "../../../src/lib/registry/token-request.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { digestOf } from "../../upstreams/oci/manifests.ts";
import { type OciWorld, pushImage } from "../../upstreams/oci/world.ts";
import { startOci } from "../../upstreams/oci.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";

const LOGIN = { username: "reader", password: "secret" };
/** In the order of pushing, which is not that of letters. */
const TAGS = ["1.9", "1.10", "1.11", "latest", "2.0"];

/** A registry as it behaves over the wire. What its token service is asked with is the matter of token.test.ts. */
type WellKnown = {
  readonly host: string;
  readonly image: string;
  /** The name by which the registry knows the image; absent: the same. */
  readonly name?: string;
  readonly manner: Omit<OciWorld, "repositories">;
  readonly login?: RegistryLogin;
  /** How many answers the list of the five tags takes, and in which order they come. */
  readonly pages: number;
  readonly order?: "pushed";
  /** How the manifest of a tag is asked for, refusals of requests without a token aside. */
  readonly asked: readonly ("HEAD" | "GET")[];
  /** What an image is that is not there, at the list of its tags and at one of them. */
  readonly unknown: Failure["code"];
};

const registries: readonly WellKnown[] = [
  {
    host: "docker.io",
    image: "python",
    name: "library/python",
    manner: {
      tokenLifetime: 300,
      service: "registry.docker.io",
      ignorePageSize: true, // all tags in one answer, however many
      hidesUnknown: true,
      refusal: 401,
      manifestHeaders: {
        "ratelimit-limit": "100;w=21600",
        "ratelimit-remaining": "0;w=21600", // of GETs: HEAD is answered all the same
        "docker-ratelimit-source": "192.0.2.1",
      },
    },
    pages: 1,
    asked: ["HEAD"],
    unknown: "unauthorized",
  },
  {
    host: "ghcr.io",
    image: "owner/tool",
    manner: { service: "ghcr.io", oldestFirst: true, pageSize: 2, hidesUnknown: true, strictTokens: true },
    pages: 3,
    order: "pushed",
    asked: ["HEAD"],
    unknown: "forbidden",
  },
  {
    host: "quay.io",
    image: "keycloak/keycloak",
    manner: {
      tokenPath: "/v2/auth",
      service: "quay.io",
      pageSize: 2,
      nextLink: "opaque",
      hidesUnknown: true,
      refusal: 401,
    },
    pages: 3,
    asked: ["HEAD"],
    unknown: "unauthorized",
  },
  {
    host: "docker.elastic.co",
    image: "beats/filebeat-oss",
    manner: { tokenPath: "/auth", service: "token-service" }, // says not how long its tokens live
    pages: 1,
    asked: ["HEAD"],
    unknown: "not-found",
  },
  {
    host: "public.ecr.aws",
    image: "docker/library/python",
    manner: { tokenPath: "/token/", service: "public.ecr.aws", scope: "aws", longestPage: 1_000, pageSize: 4 },
    pages: 2,
    asked: ["HEAD"],
    unknown: "not-found",
  },
  {
    host: "registry.access.redhat.com",
    image: "ubi9/ubi-minimal",
    manner: { tokenRequired: false },
    pages: 1,
    asked: ["HEAD"],
    unknown: "not-found",
  },
  {
    host: "registry-with-passwords.example",
    image: "team/tool",
    manner: { basic: true, users: { [LOGIN.username]: LOGIN.password }, digestlessHead: true },
    login: LOGIN,
    pages: 1,
    asked: ["HEAD", "GET"],
    unknown: "not-found",
  },
  {
    host: "old-registry.example:5000",
    image: "tool",
    manner: { tokenRequired: false, headless: true, pageSize: 3, nextLink: "absolute" },
    pages: 2,
    asked: ["HEAD", "GET"],
    unknown: "not-found",
  },
];

describe.each(registries)("$host", ({ host, image, name = image, manner, login, pages, order, asked, unknown }) => {
  let server: StandIn;
  let fetcher: Fetcher;
  let registry: Registry;

  beforeEach(async () => {
    const world: OciWorld = { ...manner, repositories: {} };
    for (const tag of TAGS) pushImage(world, name, tag, { content: tag });
    server = await startOci(world);
    fetcher = aFetcher([server], { retries: 0 });
    registry = createRegistry(fetcher, { [host]: { url: server.url } }, () => login);
  });

  afterEach(async () => {
    await fetcher.close();
    await server.close();
  });

  const answered = (part: string) =>
    server.requests.filter(({ path, status }) => path.includes(part) && status !== 401).map(({ method }) => method);

  it("names all its tags", async () => {
    expect(namesOf(await registry.tags(host, image))).toEqual(order === "pushed" ? TAGS : TAGS.toSorted());
    expect(answered("/tags/list")).toHaveLength(pages);
  });

  it("says what a tag points at, and the next one", async () => {
    expect(await registry.digest(host, image, "1.10")).toBe(digestOf({ content: "1.10" }));
    expect(await registry.digest(host, image, "2.0")).toBe(digestOf({ content: "2.0" }));
    expect(answered("/manifests/")).toEqual([...asked, ...asked]);
  });

  it("has no such tag", async () => {
    expect(await registry.digest(host, image, "3.0")).toMatchObject({ code: "not-found" });
  });

  it("refuses an image that is not there, and only that one", async () => {
    registry.announce(host, image); // one token may be asked for both
    expect(await registry.tags(host, "nobody/nothing")).toMatchObject({ code: unknown });
    expect(await registry.digest(host, "nobody/nothing", "1.0")).toMatchObject({ code: unknown });
    expect(await registry.digest(host, image, "1.10")).toBe(digestOf({ content: "1.10" }));
  });

  it("that has had enough is asked again when it says", async () => {
    const body = { errors: [{ code: "TOOMANYREQUESTS", message: "You have reached your pull rate limit." }] };
    server.fail(({ path }) => path.includes("/manifests/"), { status: 429, headers: { "retry-after": "120" }, body });
    const refused = await registry.digest(host, image, "1.10");
    expect(refused).toMatchObject({ code: "rate-limited", retryAt: expect.stringMatching(/^\d{4}-/) });
  });
});

function namesOf(outcome: ImageTags | "unchanged" | Failure): readonly string[] {
  if (isFailure(outcome) || outcome === "unchanged") throw new Error(`expected tags, not ${String(outcome)}`);
  expect(outcome.complete).toBe(true);
  return outcome.tags.map((tag) => tag.name);
}

describe("a registry that wants a password", () => {
  const withPassword = async (login?: RegistryLogin) => {
    const world: OciWorld = { repositories: {}, basic: true, users: { [LOGIN.username]: LOGIN.password } };
    for (const tag of TAGS) pushImage(world, "team/tool", tag, { content: tag });
    const server = await startOci(world);
    const fetcher = aFetcher([server], { retries: 0 });
    const registry = createRegistry(fetcher, { "registry.example": { url: server.url } }, () => login);
    return { registry, server, [Symbol.asyncDispose]: () => fetcher.close().then(() => server.close()) };
  };

  it("refuses who has none, and says so", async () => {
    await using played = await withPassword();
    expect(await played.registry.tags("registry.example", "team/tool")).toMatchObject({ code: "unauthorized" });
  });

  it("is asked without one once, and never again", async () => {
    await using played = await withPassword(LOGIN);
    for (const tag of TAGS) {
      expect(await played.registry.digest("registry.example", "team/tool", tag)).toBe(digestOf({ content: tag }));
    }
    const statuses = played.server.requests.map(({ status }) => status);
    expect(statuses).toEqual([401, ...TAGS.map(() => 200)]);
  });

  it("is told a wrong one once for each question", async () => {
    await using played = await withPassword({ ...LOGIN, password: "forgotten" });
    const ask = () => played.registry.digest("registry.example", "team/tool", "1.10");
    expect(await ask()).toMatchObject({ code: "unauthorized" });
    expect(await ask()).toMatchObject({ code: "unauthorized" });
    expect(played.server.requests.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});
