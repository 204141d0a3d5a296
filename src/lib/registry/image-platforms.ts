import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { looseArray } from "../loose-array.ts";
import type { Registry } from "./client.ts";
import type { ImageName } from "./image-reference.ts";
import { readRegistryJson } from "./json.ts";

/** An image by the digest that its tag points at. `hub`: base URL of Docker Hub's web API, where that is its registry. */
type TaggedImage = ImageName & {
  readonly tag: string;
  readonly digest: string;
  readonly hub: string | undefined;
};

/** `linux/arm64/v8` → `sha256:<hex>`; empty for an image of one platform, whose own digest is all there is. */
export type Platforms = Readonly<Record<string, string>>;

/**
 * The digests of an image's platforms. Docker Hub's web API tells them at no cost; elsewhere the index itself is read
 * (OCI image index: github.com/opencontainers/image-spec, image-index.md), which other registries do not count as a pull.
 */
export async function imagePlatforms(
  { registry, fetcher }: { readonly registry: Registry; readonly fetcher: Fetcher },
  image: TaggedImage,
): Promise<Platforms | Failure> {
  if (image.hub !== undefined) return hubPlatforms(fetcher, image, image.hub);
  return readRegistryJson(registry, image, { kind: "manifests", reference: image.digest }, INDEX);
}

async function hubPlatforms(fetcher: Fetcher, image: TaggedImage, hub: string): Promise<Platforms | Failure> {
  const { repository, tag, digest } = image;
  const path = repository.includes("/") ? repository : `library/${repository}`;
  const response = await fetcher.fetch({ url: `${hub}/v2/repositories/${path}/tags/${encodeURIComponent(tag)}` });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the tag ${tag} of ${path} on Docker Hub`);
  const read = readJson(response, HUB_TAG);
  if (isFailure(read)) return read;
  if (read.digest !== digest)
    return new Failure("not-checked", `Docker Hub still tells of another image under ${path}:${tag}`);
  return read.images;
}

const DIGEST = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const PLATFORM = z.object({ os: z.string(), architecture: z.string(), variant: z.string().nullish().catch(null) });
const WITH_DIGEST = PLATFORM.extend({ digest: DIGEST });

const HUB_TAG = z.object({
  digest: z.string(),
  images: looseArray(WITH_DIGEST).transform(({ rows }) => byPlatform(rows)),
});

/** Rows that are no platform, such as attestations, say `unknown`. */
const INDEX = z
  .object({ manifests: looseArray(z.object({ digest: DIGEST, platform: PLATFORM })).optional() })
  .transform(({ manifests }) =>
    byPlatform((manifests?.rows ?? []).map(({ digest, platform }) => ({ ...platform, digest }))),
  );

function byPlatform(rows: readonly z.output<typeof WITH_DIGEST>[]): Platforms {
  const known = rows.filter(({ os }) => os !== "unknown" && os !== "");
  return Object.fromEntries(
    known.map(({ os, architecture, variant, digest }) => [
      [os, architecture, ...(variant ? [variant] : [])].join("/"),
      digest,
    ]),
  );
}
