import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import { parseJson } from "../json.ts";
import { looseArray } from "../loose-array.ts";
import type { Registry } from "./client.ts";
import type { ImageName } from "./image-reference.ts";
import { readRegistryJson } from "./json.ts";

/** Names of packages with their versions: what an image's own list says is in it. Several versions are joined by commas. */
export type ImagePackages = ReadonlyMap<string, string>;

/** Lists that are longer, or larger packed, are not read: they explain nothing that a person reads. */
const MOST_PACKAGES = 20_000;
const MOST_BYTES = 16 * 1024 * 1024;
const LONGEST = 200;

const DIGEST = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const ANNOTATIONS = z.record(z.string(), z.string()).nullish().catch(undefined);
const INDEX = z.object({ manifests: looseArray(z.object({ digest: DIGEST, annotations: ANNOTATIONS })).optional() });
const LAYER = z.object({
  digest: DIGEST,
  size: z.number().catch(0),
  annotations: ANNOTATIONS,
  mediaType: z.string().catch(""),
});
const MANIFEST = z.object({ layers: looseArray(LAYER).optional() });
const REFERRERS = z.object({
  manifests: looseArray(z.object({ digest: DIGEST, artifactType: z.string().catch("") })).optional(),
});

/**
 * Packages by the bill of materials that is attached to an image: BuildKit's attestation manifest in the index
 * (https://docs.docker.com/build/metadata/attestations/attestation-storage), else a list that refers to the image
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers), else cosign's `.att` tag. It
 * is the builder's word; blobs are what their digests say. Undefined where nothing is attached.
 */
export async function readImagePackages(
  registry: Registry,
  image: ImageName,
  digest: string,
): Promise<ImagePackages | undefined | Failure> {
  const index = await readRegistryJson(registry, image, { kind: "manifests", reference: digest }, INDEX);
  if (isFailure(index)) return index;
  const beside = index.manifests?.rows.find(
    ({ annotations }) => annotations?.["vnd.docker.reference.type"] === "attestation-manifest",
  );
  if (beside !== undefined) return packagesIn(registry, image, beside.digest);
  const referring = await referringList(registry, image, digest);
  if (isFailure(referring)) return referring;
  return packagesIn(registry, image, referring ?? `${digest.replace(":", "-")}.att`);
}

/** The list among what refers to an image; registries without such a route keep it under a tag. */
async function referringList(
  registry: Registry,
  image: ImageName,
  digest: string,
): Promise<string | undefined | Failure> {
  const asked = await readRegistryJson(registry, image, { kind: "referrers", reference: digest }, REFERRERS);
  const tag = { kind: "manifests", reference: digest.replace(":", "-") } as const;
  const known =
    isFailure(asked) && asked.code === "not-found" ? await readRegistryJson(registry, image, tag, REFERRERS) : asked;
  if (isFailure(known)) return known.code === "not-found" ? undefined : known;
  return known.manifests?.rows.find(({ artifactType }) => LIST_FILE.test(artifactType))?.digest;
}

async function packagesIn(
  registry: Registry,
  image: ImageName,
  reference: string,
): Promise<ImagePackages | undefined | Failure> {
  const manifest = await readRegistryJson(registry, image, { kind: "manifests", reference }, MANIFEST);
  if (isFailure(manifest)) return manifest.code === "not-found" ? undefined : manifest;
  const layers = manifest.layers?.rows ?? [];
  const list = layers.find((layer) => isList(layer) && layer.size <= MOST_BYTES);
  if (list === undefined) return undefined;
  const blob = await readRegistryJson(registry, image, { kind: "blobs", reference: list.digest }, z.unknown());
  return isFailure(blob) ? blob : packagesOf(blob);
}

/** Lists as they are, as `oras attach`, Syft and Trivy push them. */
const LIST_FILE = /^(?:application|text)\/(?:spdx|vnd\.cyclonedx)\+json/;

/** BuildKit and cosign name the kind of statement on its layer; a plain list names itself. */
function isList({ annotations, mediaType }: z.output<typeof LAYER>): boolean {
  const type = annotations?.["in-toto.io/predicate-type"] ?? annotations?.predicateType ?? "";
  return /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom)/.test(type) || LIST_FILE.test(mediaType);
}

const ENVELOPE = z.object({ payload: z.string() });
const PACKAGE = z.object({
  name: z.string().min(1).max(LONGEST),
  versionInfo: z.string().max(LONGEST).nullish(),
  version: z.string().max(LONGEST).nullish(),
});
const LIST = z.object({ packages: looseArray(PACKAGE).optional(), components: looseArray(PACKAGE).optional() });
const STATEMENT = z.object({ predicate: LIST });

/** The packages of a list in SPDX or CycloneDX: plain, in an in-toto statement, or in one in a DSSE envelope. */
export function packagesOf(content: unknown): ImagePackages | undefined {
  const envelope = ENVELOPE.safeParse(content).data;
  const statement = envelope === undefined ? content : parseJson(Buffer.from(envelope.payload, "base64"));
  const predicate = STATEMENT.safeParse(statement).data?.predicate ?? LIST.safeParse(statement).data;
  const rows = [...(predicate?.packages?.rows ?? []), ...(predicate?.components?.rows ?? [])];
  if (rows.length === 0 || rows.length > MOST_PACKAGES) return undefined;
  const versions = new Map<string, Set<string>>();
  for (const { name, versionInfo, version } of rows) {
    const known = versions.get(name) ?? new Set();
    versions.set(name, known.add(versionInfo ?? version ?? ""));
  }
  return new Map([...versions].map(([name, all]) => [name, [...all].filter(Boolean).sort().join(", ")]));
}
