import { createHash } from "node:crypto";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus } from "../http/status.ts";
import { ask } from "./request.ts";
import { isTag, TAG } from "./tags.ts";
import type { Target } from "./target.ts";
import type { TokenKeeper } from "./token.ts";

/** What is asked for below a repository; `reference`: a tag, for manifests alone, or a digest. */
export type WantedContent = { readonly kind: "manifests" | "blobs" | "referrers"; readonly reference: string };
/** What was answered, as it came. */
export type RegistryContent = { readonly mediaType: string; readonly body: Uint8Array };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What a tag points at: asked by HEAD, and by the manifest's own bytes where a registry does not say it. */
export async function digestOf(
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

const MOST_CONTENT = 16 * 1024 * 1024;

/** A manifest, a blob or a list of referrers; what is asked for by digest is checked against it. */
export async function contentOf(
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

/** Which kinds of proof are stored beside a digest. */
export async function attachedTo(fetcher: Fetcher, tokens: TokenKeeper, target: Target, digest: string) {
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
