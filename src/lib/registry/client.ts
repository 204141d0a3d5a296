import { createHash } from "node:crypto";
import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { nextPageQuery } from "../http/next-page.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import type { ServiceUrls } from "../http/urls.ts";
import { shareRunning } from "../share-running.ts";
import { hubTags } from "./docker-hub.ts";
import { createTokenKeeper, type TokenKeeper } from "./token.ts";
import type { RegistryHost, RegistryLogin } from "./token-request.ts";

/** A tag of an image. Only Docker Hub says when it was pushed last and what it points at, without a request of its own. */
export type ImageTag = { readonly name: string; readonly pushedAt?: Instant; readonly digest?: string };

/** The tags of one image. When a page could not be read `complete` is false and `problem` says why. */
export type ImageTags = {
  readonly tags: readonly ImageTag[];
  readonly complete: boolean;
  readonly problem?: Failure;
  /** Hand it back next time, and the answer is `unchanged` if no tag was pushed or removed. Docker Hub only. */
  readonly validator?: string;
};

/** An OCI registry by the distribution specification. `host` is as written in image names: `docker.io`, `quay.io` … */
export type Registry = {
  /** Says that an image will be asked about soon: one token may then be for many. Asks for nothing itself. */
  readonly announce: (host: string, repository: string) => void;
  /** All tags, in the registry's order, without the `sha256-…` ones that only carry signatures. */
  readonly tags: (host: string, repository: string, validator?: string) => Promise<ImageTags | "unchanged" | Failure>;
  /** The digest a tag points at now (HEAD: costs no pull); a `not-found` failure when there is no such tag. */
  readonly digest: (host: string, repository: string, reference: string) => Promise<string | Failure>;
  /**
   * A manifest by tag or digest, a blob by digest, or the list of what refers to a digest. What is asked for by digest
   * has it. On Docker Hub a manifest costs a pull. Signature tags (`sha256-<hex>.sig`) are allowed here.
   */
  readonly content: (host: string, repository: string, wanted: WantedContent) => Promise<RegistryContent | Failure>;
  /** Which proofs are stored beside a digest under cosign's tags: `sig`, `att`, `bundle`. Their being there proves nothing yet. */
  readonly attached: (host: string, repository: string, digest: string) => Promise<readonly string[] | Failure>;
};

type WantedContent = { readonly kind: "manifests" | "blobs" | "referrers"; readonly reference: string };
type RegistryContent = { readonly mediaType: string; readonly body: Uint8Array };

/** All four kinds of manifest: without them some registries answer an old one with another digest. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const PAGE_SIZE = 1_000; // public ECR refuses more
const MOST_PAGES = 2_000;
const tagsSchema = z.object({ tags: z.array(z.unknown()).nullish() });
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Creates the client of all registries. `login` gives the credentials for a host as written in image names. Equal
 * requests that run at the same time are one; tokens are kept until they expire.
 */
export function createRegistry(
  fetcher: Fetcher,
  registries: ServiceUrls["registries"],
  login: (host: string) => RegistryLogin | undefined = () => undefined,
): Registry {
  const tokens = createTokenKeeper(fetcher);
  const shareTags = shareRunning<ImageTags | "unchanged" | Failure>();
  const shareDigest = shareRunning<string | Failure>();
  const targetFor = (host: string, repository: string) => targetOf({ host, repository }, registries, login);
  return {
    announce: (host, repository) => {
      const target = targetFor(host, repository);
      // Docker Hub's web API says nearly everything, and knows no such tokens
      if (!isFailure(target) && registries[target.host]?.hub === undefined) tokens.announce(target, nameAt(target));
    },
    tags: (host, repository, validator) =>
      withTarget(targetFor(host, repository), (target) =>
        shareTags(`${keyOf(target)} ${validator ?? ""}`, async () => {
          const hub = registries[target.host]?.hub;
          if (hub === undefined) return registryTags(fetcher, tokens, target);
          return hubTags(fetcher, { hub, repository: target.repository, validator });
        }),
      ),
    digest: (host, repository, reference) =>
      withTarget(targetFor(host, repository), (target) =>
        shareDigest(`${keyOf(target)} ${reference}`, () => digestOf(fetcher, tokens, target, reference)),
      ),
    content: (host, repository, wanted) =>
      withTarget(targetFor(host, repository), (target) => contentOf(fetcher, tokens, target, wanted)),
    attached: (host, repository, digest) =>
      withTarget(targetFor(host, repository), (target) => attachedTo(fetcher, tokens, target, digest)),
  };
}

/** `prefix`: what a mirror puts before the names of repositories. */
type Target = RegistryHost & { readonly repository: string; readonly prefix: string };

/** Docker Hub's many names become one; what is not a host or a repository is `misconfigured` and asked nowhere. */
function targetOf(
  named: { readonly host: string; readonly repository: string },
  registries: ServiceUrls["registries"],
  login: (host: string) => RegistryLogin | undefined,
): Target | Failure {
  const hub = ["", "docker.io", "index.docker.io", "registry-1.docker.io"].includes(named.host);
  const host = hub ? "docker.io" : named.host;
  const repository = hub && !named.repository.includes("/") ? `library/${named.repository}` : named.repository;
  const known = repository.split("/").every((part) => /^[a-z0-9][a-z0-9._-]*$/.test(part));
  const usual = hub ? "https://registry-1.docker.io" : `https://${host}`;
  if (!known || !/^[A-Za-z0-9.-]+(?::\d{1,5})?$/.test(host) || !URL.canParse(usual))
    // 1.2.3.4.5 is no address
    return new Failure("misconfigured", `not an image name: ${host}/${repository}`);
  const url = new URL(registries[host]?.url ?? usual);
  // a login is for the host it was made at: a mirror gets its own, never that of what it mirrors
  const loginHost = url.host === new URL(usual).host ? host : url.host;
  const tokenHost = registries[host]?.tokenHost;
  return { host, url: url.origin, prefix: url.pathname.slice(1), login: login(loginHost), tokenHost, repository };
}

async function withTarget<Outcome>(
  target: Target | Failure,
  ask: (target: Target) => Promise<Outcome | Failure>,
): Promise<Outcome | Failure> {
  return isFailure(target) ? target : ask(target);
}

/** The name by which its registry, or a mirror, knows the repository. */
function nameAt({ prefix, repository }: Target): string {
  return prefix === "" ? repository : `${prefix}/${repository}`;
}

async function registryTags(fetcher: Fetcher, tokens: TokenKeeper, target: Target): Promise<ImageTags | Failure> {
  const tags = new Map<string, ImageTag>();
  const what = `the tags of ${target.host}/${target.repository}`;
  const asked = new Set<string>();
  for (let query: string | undefined = `n=${PAGE_SIZE}`; query !== undefined; ) {
    asked.add(query);
    const page = await tagPage(fetcher, tokens, target, query);
    if (isFailure(page)) return tags.size === 0 ? page : { tags: [...tags.values()], complete: false, problem: page };
    for (const name of page.names) tags.set(name, { name });
    query = page.next;
    if (query === undefined || (!asked.has(query) && asked.size < MOST_PAGES)) continue;
    const problem = new Failure("unreadable", `${what}: page after page, without an end`);
    return { tags: [...tags.values()], complete: false, problem };
  }
  return { tags: [...tags.values()], complete: true };
}

async function tagPage(
  fetcher: Fetcher,
  tokens: TokenKeeper,
  target: Target,
  query: string,
): Promise<{ readonly names: readonly string[]; readonly next: string | undefined } | Failure> {
  const response = await ask(fetcher, tokens, target, { method: "GET", path: `tags/list?${query}` });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the tags of ${target.host}/${target.repository}`);
  const page = readJson(response, tagsSchema);
  if (isFailure(page)) return page;
  const names = (page.tags ?? []).filter((tag): tag is string => typeof tag === "string" && isTag(tag));
  return { names, next: nextPageQuery(response) };
}

async function digestOf(
  fetcher: Fetcher,
  tokens: TokenKeeper,
  target: Target,
  reference: string,
): Promise<string | Failure> {
  if (!isTag(reference) && !DIGEST.test(reference))
    return new Failure("misconfigured", `not a tag or digest of an image: ${reference.slice(0, 100)}`);
  const path = `manifests/${reference}`;
  const head = await ask(fetcher, tokens, target, { method: "HEAD", path });
  if (isFailure(head)) return head;
  const what = `${target.host}/${target.repository}:${reference}`;
  if (head.status !== 200 && head.status !== 405) return failureOfStatus(head, what);
  const named = head.headers["docker-content-digest"];
  if (named !== undefined && DIGEST.test(named)) return named;
  const manifest = await ask(fetcher, tokens, target, { method: "GET", path });
  if (isFailure(manifest)) return manifest;
  if (manifest.status !== 200) return failureOfStatus(manifest, what);
  return `sha256:${createHash("sha256").update(manifest.body).digest("hex")}`;
}

type Asked = {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly maxBytes?: number;
  readonly followRedirects?: boolean;
};

const MOST_CONTENT = 16 * 1024 * 1024;

async function contentOf(
  fetcher: Fetcher,
  tokens: TokenKeeper,
  target: Target,
  { kind, reference }: WantedContent,
): Promise<RegistryContent | Failure> {
  const byDigest = DIGEST.test(reference);
  if (!byDigest && (kind !== "manifests" || !TAG.test(reference)))
    return new Failure("misconfigured", `not a tag or digest of an image: ${reference.slice(0, 100)}`);
  const path = `${kind}/${reference}`;
  const what = `${target.host}/${target.repository} ${path}`;
  if (kind === "manifests" && !byDigest) {
    const head = await ask(fetcher, tokens, target, { method: "HEAD", path }); // costs no pull where there is nothing
    if (isFailure(head)) return head;
    if (head.status === 404) return failureOfStatus(head, what);
  }
  const redirects = kind === "referrers" ? { followRedirects: false } : {}; // some send us to a page for people
  const answer = await ask(fetcher, tokens, target, { method: "GET", path, maxBytes: MOST_CONTENT, ...redirects });
  if (isFailure(answer)) return answer;
  if (kind === "referrers" && answer.status >= 300 && answer.status < 400) {
    return new Failure("not-found", `${what}: the registry has no list of referrers`);
  }
  if (answer.status !== 200) return failureOfStatus(answer, what);
  const digest = `sha256:${createHash("sha256").update(answer.body).digest("hex")}`;
  if (byDigest && kind !== "referrers" && digest !== reference) {
    return new Failure("unreadable", `${what}: the registry answered something with the digest ${digest}`);
  }
  const [mediaType = ""] = (answer.headers["content-type"] ?? "").split(";");
  return { mediaType: mediaType.trim(), body: answer.body };
}

/** Cosign's tags of a digest (https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md), and the referrers' fallback. */
const PROOFS = { sig: ".sig", att: ".att", bundle: "" } as const;

async function attachedTo(fetcher: Fetcher, tokens: TokenKeeper, target: Target, digest: string) {
  if (!DIGEST.test(digest)) return new Failure("misconfigured", `not a digest of an image: ${digest.slice(0, 100)}`);
  const heads = await Promise.all(
    Object.entries(PROOFS).map(async ([kind, suffix]) => {
      const path = `manifests/${digest.replace(":", "-")}${suffix}`;
      return { kind, head: await ask(fetcher, tokens, target, { method: "HEAD", path }) };
    }),
  );
  for (const { head } of heads) {
    if (isFailure(head)) return head;
    if (head.status !== 200 && head.status !== 404)
      return failureOfStatus(head, `the signatures of ${target.host}/${target.repository}`);
  }
  return heads.flatMap(({ kind, head }) => (!isFailure(head) && head.status === 200 ? [kind] : []));
}

/** One request below the repository, with a token when the registry wants one. A second 401 is final. */
async function ask(
  fetcher: Fetcher,
  tokens: TokenKeeper,
  target: Target,
  { method, path, ...limits }: Asked,
): Promise<FetchResponse | Failure> {
  const name = nameAt(target);
  return tokens.ask(target, name, (authorization) =>
    fetcher.fetch({
      url: `${target.url}/v2/${name}/${path}`,
      method,
      draw: { budget: pullsOf(target), cost: method === "GET" && path.startsWith("manifests/") ? 1 : 0, urgent: false },
      ...limits,
      anonymous: true, // a registry says itself what it wants, and its logins are Docker's
      headers: {
        accept: path.startsWith("manifests/") ? MANIFESTS : "application/json",
        ...(authorization !== undefined && { authorization }),
      },
    }),
  );
}

/** Docker Hub counts pulls per account, and those without one per address (docs.docker.com/docker-hub/usage/pulls). */
function pullsOf({ host, login }: Target): string {
  return `${host} pulls ${login === undefined ? "anonymous" : "login"}`;
}

/** Tags as the specification allows them, without those under which signatures are stored. */
function isTag(text: string): boolean {
  return TAG.test(text) && !/^sha256-[0-9a-f]{64}(?:\.|$)/.test(text);
}

function keyOf(target: Target): string {
  return `${target.host}/${target.repository}`;
}
