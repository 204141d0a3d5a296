import { sha256Of } from "./sha256.ts";
import type { OciTag } from "./world.ts";

/** What a registry serves under a digest. */
export type Manifest = { readonly digest: string; readonly mediaType: string; readonly body: string };

/** The digest that a tag with this content has. */
export function digestOf(image: OciTag): string {
  return manifestsOf(image)[0]?.digest ?? "";
}

const made = new WeakMap<OciTag, { readonly from: string; readonly manifests: Manifest[] }>();

/** The manifests of an image, the one its tag points at first. They are made once for each state of a tag. */
export function manifestsOf(image: OciTag): Manifest[] {
  const from = JSON.stringify(image);
  const known = made.get(image);
  if (known?.from === from) return known.manifests;
  const manifests = makeManifests(image);
  made.set(image, { from, manifests });
  return manifests;
}

function makeManifests(image: OciTag): Manifest[] {
  const config = configOf(image);
  const list = listOf(image);
  const blobs = [config, list].filter((blob) => blob !== undefined);
  if (image.multiPlatform === false) return [platformManifest(image.content, "amd64", config), ...blobs];
  const platforms = (image.architectures ?? ["amd64", "arm64"]).map((architecture) => ({
    architecture,
    manifest: platformManifest(image.content, architecture, config),
  }));
  const attestation = platformManifest(image.content, "attestation", undefined, list);
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      ...platforms.map(({ architecture, manifest }) => ({
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: manifest.body.length,
        platform: { architecture, os: "linux" },
      })),
      {
        mediaType: attestation.mediaType,
        digest: attestation.digest,
        size: attestation.body.length,
        platform: { architecture: "unknown", os: "unknown" },
        annotations: {
          "vnd.docker.reference.type": "attestation-manifest",
          "vnd.docker.reference.digest": platforms[0]?.manifest.digest,
        },
      },
    ],
  };
  return [manifest(index.mediaType, index), ...platforms.map((one) => one.manifest), attestation, ...blobs];
}

function platformManifest(content: string, architecture: string, said?: Manifest, list?: Manifest): Manifest {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: said?.digest ?? sha256Of(`${content} ${architecture}`),
  };
  const annotations = { "in-toto.io/predicate-type": "https://spdx.dev/Document" };
  const layers =
    list === undefined ? [] : [{ mediaType: list.mediaType, digest: list.digest, size: list.body.length, annotations }];
  return manifest(mediaType, { schemaVersion: 2, mediaType, config: { ...config, size: 2 }, layers });
}

function configOf({ config, content }: OciTag): Manifest | undefined {
  return config === undefined
    ? undefined
    : manifest("application/vnd.oci.image.config.v1+json", { ...config, content });
}

/** The statement in which BuildKit wraps what its scanner found. */
function listOf({ packages }: OciTag): Manifest | undefined {
  if (packages === undefined) return undefined;
  const rows = Object.entries(packages).map(([name, versionInfo]) => ({ name, versionInfo }));
  const predicate = { spdxVersion: "SPDX-2.3", packages: rows };
  const statement = {
    _type: "https://in-toto.io/Statement/v0.1",
    predicateType: "https://spdx.dev/Document",
    predicate,
  };
  return manifest("application/vnd.in-toto+json", statement);
}

function manifest(mediaType: string, content: object): Manifest {
  const body = JSON.stringify(content);
  return { digest: sha256Of(body), mediaType, body };
}
