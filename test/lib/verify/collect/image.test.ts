import { generateKeyPairSync, sign } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Fetcher } from "../../../../src/lib/fetcher.ts";
import { createRegistry } from "../../../../src/lib/registry/client.ts";
import { collectEvidence } from "../../../../src/lib/verify/collect-evidence.ts";
import { NO_KEYS, readPinnedKeys } from "../../../../src/lib/verify/signatures/pinned-keys.ts";
import { aRelease } from "../../../support/build.ts";
import { anEvidenceContext } from "../../../support/evidence.ts";
import { aFetcher } from "../../../support/fetcher.ts";
import { aSigstore, aStatement, cosignAnnotations, type TestSigstore } from "../../../support/sigstore.ts";
import { digestOf } from "../../../upstreams/oci/manifests.ts";
import { attachArtifact, type OciWorld, pushImage } from "../../../upstreams/oci/world.ts";
import { startOci } from "../../../upstreams/oci.ts";
import type { StandIn } from "../../../upstreams/stand-in.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const image = { content: "1.2.0", multiPlatform: false };
const digest = digestOf(image);
const hex = digest.slice("sha256:".length);
const statement = aStatement({ digest: { sha256: hex }, predicateType: "https://sigstore.dev/cosign/sign/v1" });
const payload = JSON.stringify({ critical: { image: { "docker-manifest-digest": digest } } });
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = readPinnedKeys([pair.publicKey.export({ format: "pem", type: "spki" }).toString()]);

let sigstore: TestSigstore;
let world: OciWorld;
let server: StandIn;
let fetcher: Fetcher;
beforeAll(async () => {
  sigstore = await aSigstore();
});
beforeEach(async () => {
  world = { repositories: {} };
  pushImage(world, "acme/tool", "1.2.0", image);
  server = await startOci(world);
  fetcher = aFetcher([server], { retries: 0 });
});
afterEach(async () => {
  await fetcher.close();
  await server.close();
});

function collect(host = "registry.example") {
  const purl = host === "docker.io" ? "pkg:docker/acme/tool" : `pkg:docker/acme/tool?repository_url=${host}`;
  const release = aRelease({ upstream: purl, version: "1.2.0", tag: "1.2.0", digests: { index: digest } });
  const registry = createRegistry(fetcher, { [host]: { url: server.url } });
  const pinned = keys instanceof Error ? NO_KEYS : keys;
  return collectEvidence(
    release,
    anEvidenceContext({ fetcher, registry, roots: sigstore.roots, keysOf: () => pinned }),
  );
}

describe("the evidence of an image", () => {
  it("is the bundle that the registry lists as a referrer", async () => {
    const content = JSON.stringify(await sigstore.sign({ statement }));
    attachArtifact(world, "acme/tool", { artifactType: BUNDLE, layers: [{ content }] }, { refersTo: digest });
    expect(await collect()).toMatchObject([
      {
        kind: "cosign",
        level: "verified",
        subjectDigest: digest,
        identity: { repository: "https://github.com/acme/tool" },
      },
    ]);
  });

  it("is the bundle under the fallback tag, where the registry has no list", async () => {
    const content = JSON.stringify(await sigstore.sign({ statement }));
    const artifact = attachArtifact(world, "acme/tool", { artifactType: BUNDLE, layers: [{ content }] }, {});
    const repository = world.repositories["acme/tool"];
    if (repository?.attached) {
      const body = JSON.stringify({ schemaVersion: 2, manifests: [{ digest: artifact, artifactType: BUNDLE }] });
      repository.attached[`sha256-${hex}`] = { mediaType: "application/vnd.oci.image.index.v1+json", body };
    }
    expect(await collect()).toMatchObject([{ level: "verified" }]);
    expect(await collect("docker.io")).toMatchObject([{ level: "verified" }]);
  });

  it("is the older signature under its tag", async () => {
    const annotations = cosignAnnotations(await sigstore.sign({ artifact: payload }));
    attachArtifact(world, "acme/tool", { layers: [{ content: payload, annotations }] }, { tag: `sha256-${hex}.sig` });
    expect(await collect()).toMatchObject([
      { level: "verified", identity: { workflow: ".github/workflows/release.yml" } },
    ]);
  });

  it("is the older signature by a pinned key", async () => {
    const signature = sign("sha256", Buffer.from(payload), pair.privateKey).toString("base64");
    const annotations = { "dev.cosignproject.cosign/signature": signature };
    attachArtifact(world, "acme/tool", { layers: [{ content: payload, annotations }] }, { tag: `sha256-${hex}.sig` });
    expect(await collect()).toMatchObject([
      { level: "verified", identity: { keyId: expect.stringMatching(/^SHA256:/) } },
    ]);
  });

  it("is the older attestation under its tag", async () => {
    const bundle = await sigstore.sign({ statement });
    const layer = { content: JSON.stringify(bundle.dsseEnvelope), annotations: cosignAnnotations(bundle) };
    attachArtifact(world, "acme/tool", { layers: [layer] }, { tag: `sha256-${hex}.att` });
    expect(await collect()).toMatchObject([{ level: "verified", predicateType: statement.predicateType }]);
  });

  it("is none where nothing is there", async () => {
    expect(await collect()).toMatchObject([{ kind: "cosign", level: "none", subjectDigest: digest }]);
  });

  it("is BuildKit's unsigned statement where there is nothing better", async () => {
    pushImage(world, "acme/tool", "2.0.0", { content: "2.0.0" });
    const index = digestOf({ content: "2.0.0" });
    const upstream = "pkg:docker/acme/tool?repository_url=registry.example";
    const release = aRelease({ upstream, version: "2.0.0", tag: "2.0.0", digests: { index } });
    const registry = createRegistry(fetcher, { "registry.example": { url: server.url } });
    const context = anEvidenceContext({ fetcher, registry, roots: sigstore.roots });
    expect(await collectEvidence(release, context)).toMatchObject([{ level: "present", reason: "unsigned" }]);
  });

  it.each([401, 429, 500])("is unknown when the registry answers %i", async (status) => {
    server.fail((request) => request.path.includes("sha256-"), { status });
    expect(await collect()).toMatchObject([{ level: "unknown" }]);
  });

  it("is not looked for in the list of referrers of Docker Hub and GitHub", async () => {
    await collect("docker.io");
    await collect("ghcr.io");
    expect(server.requests.filter(({ path }) => path.includes("/referrers/"))).toEqual([]);
  });

  it("does not trust a blob with another digest", async () => {
    const content = JSON.stringify(await sigstore.sign({ statement }));
    attachArtifact(world, "acme/tool", { artifactType: BUNDLE, layers: [{ content }] }, { refersTo: digest });
    server.fail((request) => request.path.includes("/blobs/"), { body: "another blob" });
    expect(await collect()).toMatchObject([{ level: "unknown" }]);
  });

  it("is of the digest that the tag points at, which is asked for where it is not known", async () => {
    const content = JSON.stringify(await sigstore.sign({ statement }));
    attachArtifact(world, "acme/tool", { artifactType: BUNDLE, layers: [{ content }] }, { refersTo: digest });
    const upstream = "pkg:docker/acme/tool?repository_url=registry.example";
    const registry = createRegistry(fetcher, { "registry.example": { url: server.url } });
    const context = anEvidenceContext({ fetcher, registry, roots: sigstore.roots });
    const release = (tag: string) => aRelease({ upstream, version: tag, tag });
    expect(await collectEvidence(release("1.2.0"), context)).toMatchObject([
      { level: "verified", subjectDigest: digest },
    ]);
    expect(await collectEvidence(release("9.9.9"), context)).toMatchObject([{ level: "unknown" }]);
  });

  it("costs no pull on Docker Hub where nothing is there", async () => {
    await collect("docker.io");
    const pulls = server.requests.filter(({ method, path }) => method === "GET" && path.includes("/manifests/"));
    expect(pulls).toEqual([]);
  });
});
