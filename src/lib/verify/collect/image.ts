import { z } from "zod";
import { evidenceFor, type SignatureEvidence } from "../../../domain/evidence.ts";
import type { Release } from "../../../domain/release.ts";
import { parsePurl, pathOfPurl, upstreamLabel } from "../../../domain/upstream.ts";
import { type Failure, isFailure } from "../../failure.ts";
import { parseJson } from "../../json.ts";
import { looseArray } from "../../loose-array.ts";
import {
  type ImageSubject,
  type ImageTrust,
  imageAttestationEvidence,
  imageBundleEvidence,
  type SignatureLayer,
  simpleSigningEvidence,
} from "../sigstore/cosign.ts";
import { absent, type EvidenceContext, unasked } from "./evidence-context.ts";

/** Neither has a list of referrers that can be relied on: Docker Hub has none, GitHub's sends to a page for people. */
const WITHOUT_REFERRERS = ["docker.io", "ghcr.io"];
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d\.\d)?\+json/;
const MOST = 10;

const DESCRIPTOR = z.object({
  digest: z.string(),
  artifactType: z.string().optional(),
  mediaType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
type Descriptor = z.infer<typeof DESCRIPTOR>;
const INDEX = z.object({ manifests: looseArray(DESCRIPTOR) });
const MANIFEST = z.object({ artifactType: z.string().optional(), layers: looseArray(DESCRIPTOR) });

type Image = ImageSubject & { readonly host: string; readonly repository: string };

/**
 * Looks for signatures of an image where they may be: bundles that refer to it (by the registry's list, else by the
 * fallback tag of the distribution specification), cosign's older signature and attestation tags, and, where none of
 * these is there, the unsigned statements that BuildKit puts beside the platforms of an index.
 */
export async function collectImage(release: Release, context: EvidenceContext): Promise<SignatureEvidence[]> {
  const image = await imageOf(release, context);
  if (image === undefined) return [];
  if (isFailure(image))
    return [unasked("cosign", `${upstreamLabel(release.upstream)}:${release.tag}`, image, context.now)];
  const trust = { roots: context.roots, keys: context.keysOf(release.upstream).signing };
  const found = await Promise.all([
    collectBundles(image, trust, context),
    collectLayers(image, ".sig", context, (layer) => simpleSigningEvidence(layer, image, trust, context.now)),
    collectLayers(image, ".att", context, (layer) => imageAttestationEvidence(layer, image, trust, context.now)),
  ]);
  const proofs = found.flatMap((one) => (isFailure(one) ? [] : one));
  const failure = found.find(isFailure);
  if (proofs.length > 0) return proofs;
  if (failure !== undefined) return [unasked("cosign", image.image, failure, context.now)];
  return [await buildStatement(image, context)];
}

/** Of tags that are not pinned most registries' lists name no digest: then it is asked for. */
async function imageOf(
  { upstream, tag, digests }: Release,
  { registry }: EvidenceContext,
): Promise<Image | undefined | Failure> {
  const parts = parsePurl(upstream);
  if (parts === undefined) return undefined;
  const repository = pathOfPurl(parts);
  const host = parts.qualifiers.repository_url ?? "docker.io";
  const digest = digests.index ?? (await registry.digest(host, repository, tag));
  if (isFailure(digest)) return digest;
  return { host, repository, digest, image: `${upstreamLabel(upstream)}:${tag}` };
}

type Found = readonly SignatureEvidence[] | Failure;

async function collectBundles(image: Image, trust: ImageTrust, context: EvidenceContext): Promise<Found> {
  const referrers = await referrersOf(image, context);
  if (isFailure(referrers)) return referrers;
  const bundles = referrers.filter(({ artifactType = "" }) => BUNDLE.test(artifactType)).slice(0, MOST);
  const read = await Promise.all(
    bundles.map(async ({ digest }): Promise<Found> => {
      const manifest = await readManifest(image, digest, context);
      if (isFailure(manifest)) return manifest;
      const [layer] = manifest.layers.rows;
      const content = layer === undefined ? undefined : await readBlob(image, layer.digest, context);
      if (isFailure(content)) return content;
      return [imageBundleEvidence(parseJson(content ?? new Uint8Array()), image, trust, context.now)];
    }),
  );
  const failure = read.find(isFailure);
  const proofs = read.flatMap((one) => (isFailure(one) ? [] : one));
  return proofs.length === 0 && failure !== undefined ? failure : proofs;
}

/** The registry's list, or the index under the fallback tag; both are empty where nothing refers to the image. */
async function referrersOf(image: Image, { registry }: EvidenceContext): Promise<readonly Descriptor[] | Failure> {
  const { host, repository, digest } = image;
  const listed = WITHOUT_REFERRERS.includes(host)
    ? undefined
    : await registry.content(host, repository, { kind: "referrers", reference: digest });
  if (listed !== undefined && !isFailure(listed))
    return INDEX.safeParse(parseJson(listed.body)).data?.manifests.rows ?? [];
  if (listed !== undefined && listed.code !== "not-found") return listed;
  const tagged = await registry.content(host, repository, { kind: "manifests", reference: digest.replace(":", "-") });
  if (isFailure(tagged)) return tagged.code === "not-found" ? [] : tagged;
  return INDEX.safeParse(parseJson(tagged.body)).data?.manifests.rows ?? [];
}

async function collectLayers(
  image: Image,
  suffix: ".sig" | ".att",
  context: EvidenceContext,
  judge: (layer: SignatureLayer) => SignatureEvidence,
): Promise<Found> {
  const manifest = await readManifest(image, `${image.digest.replace(":", "-")}${suffix}`, context);
  if (isFailure(manifest)) return manifest.code === "not-found" ? [] : manifest;
  const layers = await Promise.all(
    manifest.layers.rows.slice(0, MOST).map(async ({ digest, annotations = {} }) => {
      const content = await readBlob(image, digest, context);
      return isFailure(content) ? content : judge({ content, annotations });
    }),
  );
  const failure = layers.find(isFailure);
  const proofs = layers.flatMap((one) => (isFailure(one) ? [] : [one]));
  return proofs.length === 0 && failure !== undefined ? failure : proofs;
}

/**
 * What BuildKit says of how it built an image is not signed: it is there, and proves nothing. On Docker Hub looking for it
 * would cost a pull per version, which is more than it is worth.
 */
async function buildStatement(image: Image, context: EvidenceContext): Promise<SignatureEvidence> {
  const { host, repository, digest } = image;
  if (host === "docker.io") return absent("cosign", image.image, digest, context.now);
  const index = await context.registry.content(host, repository, { kind: "manifests", reference: digest });
  if (isFailure(index)) return unasked("cosign", image.image, index, context.now);
  const manifests = INDEX.safeParse(parseJson(index.body)).data?.manifests.rows ?? [];
  const stated = manifests.some(
    ({ annotations }) => annotations?.["vnd.docker.reference.type"] === "attestation-manifest",
  );
  const about = { subject: image.image, subjectDigest: digest, observedAt: context.now };
  return stated
    ? evidenceFor("cosign", "unsigned", { ...about, detail: "BuildKit's own statement of the build" })
    : absent("cosign", image.image, digest, context.now);
}

async function readManifest({ host, repository }: Image, reference: string, { registry }: EvidenceContext) {
  const answer = await registry.content(host, repository, { kind: "manifests", reference });
  if (isFailure(answer)) return answer;
  return MANIFEST.safeParse(parseJson(answer.body)).data ?? { layers: { rows: [] } };
}

async function readBlob({ host, repository }: Image, digest: string, { registry }: EvidenceContext) {
  const answer = await registry.content(host, repository, { kind: "blobs", reference: digest });
  return isFailure(answer) ? answer : answer.body;
}
