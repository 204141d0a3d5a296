import { beforeAll, describe, expect, it } from "vitest";
import { collectEvidence } from "../../../../src/lib/verify/collect-evidence.ts";
import { aRelease } from "../../../support/build.ts";
import { anEvidenceContext } from "../../../support/evidence.ts";
import { aFetcher } from "../../../support/fetcher.ts";
import { aProvenance, aSigstore, aStatement, type TestSigstore } from "../../../support/sigstore.ts";
import { anyUrls } from "../../../support/urls.ts";
import { type PypiWorld, publishToPypi, sha256Of, startPypi } from "../../../upstreams/pypi.ts";

const wheel = "tool-1.2.0-py3-none-any.whl";
const archive = "tool-1.2.0.tar.gz";
const publisher = { kind: "GitHub", repository: "acme/tool", workflow: "release.yml", environment: "" };
const release = aRelease({
  upstream: "pkg:pypi/tool",
  version: "1.2.0",
  assets: [wheel, archive].map((name) => ({ name, digest: `sha256:${sha256Of(name)}` })),
});

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await aSigstore();
});

async function provenanceOf(name: string): Promise<object> {
  const statement = aStatement({
    name,
    digest: { sha256: sha256Of(name) },
    predicateType: "https://docs.pypi.org/attestations/publish/v1",
  });
  return aProvenance(publisher, await sigstore.sign({ statement }));
}

async function collect(provenance: Record<string, object>, fails?: number) {
  const world: PypiWorld = { projects: {} };
  const files = [wheel, archive].map((filename) => ({
    filename,
    ...(provenance[filename] && { provenance: provenance[filename] }),
  }));
  publishToPypi(world, "tool", "1.2.0", "2026-11-01T00:00:00Z", files);
  const server = await startPypi(world);
  const fetcher = aFetcher([server], { retries: 0 });
  if (fails !== undefined) server.fail(() => true, { status: fails });
  try {
    const urls = anyUrls({ pypi: { url: server.url } });
    return await collectEvidence(release, anEvidenceContext({ fetcher, urls, roots: sigstore.roots }));
  } finally {
    await fetcher.close();
    await server.close();
  }
}

describe("the evidence of a version on PyPI", () => {
  it("is one proof per file", async () => {
    const [first, second] = [await provenanceOf(wheel), await provenanceOf(archive)];
    expect(await collect({ [wheel]: first, [archive]: second })).toMatchObject([
      { kind: "pep740", subject: archive, level: "verified", identity: { ref: "refs/tags/v1.2.0" } },
      { kind: "pep740", subject: wheel, level: "verified" },
    ]);
  });

  it("is none for a file without provenance", async () => {
    expect(await collect({ [wheel]: await provenanceOf(wheel) })).toMatchObject([
      { subject: archive, level: "none", subjectDigest: `sha256:${sha256Of(archive)}` },
      { subject: wheel, level: "verified" },
    ]);
  });

  it("is rejected when it is another file's", async () => {
    const proofs = await collect({ [wheel]: await provenanceOf(archive) });
    expect(proofs.find(({ subject }) => subject === wheel)).toMatchObject({ reason: "subject-mismatch" });
  });

  it.each([
    [403, "not-allowed"],
    [500, "not-reachable"],
    [429, "not-reachable"],
  ])("is unknown when the index answers %i", async (status, reason) => {
    expect(await collect({}, status)).toMatchObject([
      { level: "unknown", reason },
      { level: "unknown", reason },
    ]);
  });

  it("is unknown for a private index, which is not asked", async () => {
    const own = { ...release, upstream: "pkg:pypi/tool?repository_url=https://index.example/simple" };
    expect(await collectEvidence(own, anEvidenceContext())).toMatchObject([{ level: "unknown" }]);
  });
});
