import { z } from "zod";
import { type Instant, toInstant } from "../../domain/instant.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Registry } from "./client.ts";
import type { ImageName } from "./image-reference.ts";
import { readRegistryJson } from "./json.ts";

/** What an image says of itself. All of it is its builder's word. */
export type ImageFacts = {
  readonly created?: Instant;
  /** The page of its sources, `org.opencontainers.image.source`. */
  readonly source?: string;
  readonly revision?: string;
  readonly version?: string;
  readonly baseName?: string;
  readonly baseDigest?: string;
};

const LABELS = z.record(z.string(), z.string()).nullish().catch(undefined);
const DESCRIPTOR = z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) });
const MANIFEST = z.object({
  config: DESCRIPTOR.optional(),
  annotations: LABELS,
  manifests: z.array(DESCRIPTOR.extend({ platform: z.object({ os: z.string() }).optional() })).optional(),
});
const CONFIG = z.object({ created: z.string().nullish(), config: z.object({ Labels: LABELS }).nullish() });

/**
 * Reads an image's labels and date from the configuration of its first platform (OCI image specification, "Image
 * Configuration" and "Pre-Defined Annotation Keys"). `reference`: a tag or a digest.
 */
export async function readImageFacts(
  registry: Registry,
  image: ImageName,
  reference: string,
): Promise<ImageFacts | Failure> {
  const top = await readRegistryJson(registry, image, { kind: "manifests", reference }, MANIFEST);
  if (isFailure(top)) return top;
  const platform = top.manifests?.find((one) => one.platform?.os !== "unknown")?.digest;
  const manifest =
    platform === undefined
      ? top
      : await readRegistryJson(registry, image, { kind: "manifests", reference: platform }, MANIFEST);
  if (isFailure(manifest)) return manifest;
  if (manifest.config === undefined) return factsOf({}, top.annotations ?? {});
  const wanted = { kind: "blobs", reference: manifest.config.digest } as const;
  const config = await readRegistryJson(registry, image, wanted, CONFIG);
  return isFailure(config) ? config : factsOf(config, { ...top.annotations, ...config.config?.Labels });
}

/** OCI's keys, and those of Label Schema (label-schema.org), which they replace. */
const NAMES = {
  source: ["org.opencontainers.image.source", "org.label-schema.vcs-url"],
  revision: ["org.opencontainers.image.revision", "org.label-schema.vcs-ref"],
  version: ["org.opencontainers.image.version", "org.label-schema.version"],
  baseName: ["org.opencontainers.image.base.name"],
  baseDigest: ["org.opencontainers.image.base.digest"],
} as const;

function factsOf(
  config: z.output<typeof CONFIG> | Record<string, never>,
  labels: Readonly<Record<string, string>>,
): ImageFacts {
  const created = toInstant(config.created);
  const known = Object.entries(NAMES).flatMap(([key, names]) => {
    const value = names
      .flatMap((name) => labels[name] ?? [])[0]
      ?.trim()
      .slice(0, 300);
    return value === undefined || value === "" ? [] : [[key, value]];
  });
  return { ...Object.fromEntries(known), ...(created !== undefined && { created }) };
}
