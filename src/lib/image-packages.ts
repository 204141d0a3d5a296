import { z } from "zod";
import { type Failure, isFailure } from "./failure.ts";
import type { ImageName } from "./image-reference.ts";
import { parseJson } from "./json.ts";
import { looseArray } from "./loose-array.ts";
import type { Registry } from "./registry.ts";
import { readRegistryJson } from "./registry-json.ts";

/** Names of packages with their versions: what an image's own list says is in it. Several versions are joined by commas. */
export type ImagePackages = ReadonlyMap<string, string>;

/** Lists that are longer, or larger packed, are not read: they explain nothing that a person reads. */
const MOST_PACKAGES = 20_000;
const MOST_BYTES = 16 * 1024 * 1024;
const LONGEST = 200;

const DIGEST = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const ANNOTATIONS = z.record(z.string(), z.string()).nullish().catch(undefined);
const INDEX = z.object({ manifests: looseArray(z.object({ digest: DIGEST, annotations: ANNOTATIONS })).optional() });
const MANIFEST = z.object({
  layers: looseArray(z.object({ digest: DIGEST, size: z.number().catch(0), annotations: ANNOTATIONS })).optional(),
});

/**
 * Packages by the bill of materials that is attached to an image: BuildKit's attestation manifest in the index
 * (https://docs.docker.com/build/metadata/attestations/attestation-storage), else cosign's `.att` tag. It is the
 * builder's word; blobs are what their digests say. Undefined where nothing is attached.
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
  const reference = beside?.digest ?? `${digest.replace(":", "-")}.att`;
  const manifest = await readRegistryJson(registry, image, { kind: "manifests", reference }, MANIFEST);
  if (isFailure(manifest)) return manifest.code === "not-found" ? undefined : manifest;
  const layers = manifest.layers?.rows ?? [];
  const list = layers.find(({ annotations, size }) => isList(annotations ?? {}) && size <= MOST_BYTES);
  if (list === undefined) return undefined;
  const blob = await readRegistryJson(registry, image, { kind: "blobs", reference: list.digest }, z.unknown());
  return isFailure(blob) ? blob : packagesOf(blob);
}

/** BuildKit and cosign name the kind of statement on its layer. */
function isList(annotations: Readonly<Record<string, string>>): boolean {
  const type = annotations["in-toto.io/predicate-type"] ?? annotations.predicateType ?? "";
  return /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom)/.test(type);
}

const ENVELOPE = z.object({ payload: z.string() });
const PACKAGE = z.object({
  name: z.string().min(1).max(LONGEST),
  versionInfo: z.string().max(LONGEST).nullish(),
  version: z.string().max(LONGEST).nullish(),
});
const STATEMENT = z.object({
  predicate: z.object({ packages: looseArray(PACKAGE).optional(), components: looseArray(PACKAGE).optional() }),
});

/** The packages of an in-toto statement with an SPDX or CycloneDX predicate, as it is or in a DSSE envelope. */
export function packagesOf(content: unknown): ImagePackages | undefined {
  const envelope = ENVELOPE.safeParse(content).data;
  const statement = envelope === undefined ? content : parseJson(Buffer.from(envelope.payload, "base64"));
  const predicate = STATEMENT.safeParse(statement).data?.predicate;
  const rows = [...(predicate?.packages?.rows ?? []), ...(predicate?.components?.rows ?? [])];
  if (rows.length === 0 || rows.length > MOST_PACKAGES) return undefined;
  const versions = new Map<string, Set<string>>();
  for (const { name, versionInfo, version } of rows) {
    const known = versions.get(name) ?? new Set();
    versions.set(name, known.add(versionInfo ?? version ?? ""));
  }
  return new Map([...versions].map(([name, all]) => [name, [...all].filter(Boolean).sort().join(", ")]));
}
