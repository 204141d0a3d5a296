import { generateKeyPairSync, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { collectEvidence } from "../../../../src/lib/verify/collect-evidence.ts";
import type { RegistryKey } from "../../../../src/lib/verify/sigstore/trust-roots.ts";
import { aRelease } from "../../../support/build.ts";
import { anEvidenceContext } from "../../../support/evidence.ts";
import { type FakeAnswer, fakeFetcher } from "../../../support/fetch.ts";
import { aSigstore, aStatement, hexOf, type TestSigstore } from "../../../support/sigstore.ts";

const integrity = `sha512-${Buffer.from(hexOf("a package", "sha512"), "hex").toString("base64")}`;
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const npmKeys: RegistryKey[] = (["npm:signatures", "npm:attestations"] as const).map((usage) => ({
  keyId: "SHA256:registry",
  usage,
  der: keys.publicKey.export({ format: "der", type: "spki" }),
  validFrom: "2020-01-01T00:00:00.000Z",
}));
const sig = sign("sha256", Buffer.from(`@acme/tool@1.2.0:${integrity}`), keys.privateKey).toString("base64");
const signatures = [{ keyid: "SHA256:registry", sig }];
const release = aRelease({ upstream: "pkg:npm/%40acme/tool", version: "1.2.0" });

let sigstore: TestSigstore;
let attestation: { predicateType: string; bundle: unknown };
beforeAll(async () => {
  sigstore = await aSigstore();
  const about = { name: "pkg:npm/%40acme/tool@1.2.0", digest: { sha512: hexOf("a package", "sha512") } };
  attestation = {
    predicateType: "https://slsa.dev/provenance/v1",
    bundle: await sigstore.sign({ statement: aStatement(about) }),
  };
});

async function collect(dist: object, attestations: FakeAnswer = { status: 404 }) {
  const fetcher = fakeFetcher(({ url }) =>
    url.includes("/-/npm/v1/attestations/") ? attestations : { body: { dist: { integrity, ...dist } } },
  );
  const roots = { ...sigstore.roots, npmKeys };
  const proofs = await collectEvidence(release, anEvidenceContext({ fetcher, roots }));
  return { proofs, asked: fetcher.asked.map(({ url }) => url) };
}

describe("the evidence of a version on npm", () => {
  it("is the registry's signature and the provenance of the build", async () => {
    const named = { signatures, attestations: { url: "https://elsewhere.example/attestations" } };
    const { proofs, asked } = await collect(named, { body: { attestations: [attestation] } });
    expect(proofs).toMatchObject([
      { kind: "npm-signature", level: "verified" },
      { kind: "npm-provenance", level: "verified", identity: { repository: "https://github.com/acme/tool" } },
    ]);
    expect(asked).toEqual([
      "https://npm.example/@acme%2Ftool/1.2.0",
      "https://npm.example/-/npm/v1/attestations/@acme%2Ftool@1.2.0",
    ]);
  });

  it("is no provenance where the version names none", async () => {
    const { proofs, asked } = await collect({ signatures });
    expect(proofs).toMatchObject([{ level: "verified" }, { kind: "npm-provenance", level: "none" }]);
    expect(asked).toHaveLength(1);
  });

  it("is unknown from a mirror that passes on nothing", async () => {
    expect((await collect({})).proofs).toMatchObject([{ level: "unknown" }, { level: "unknown" }]);
  });

  it("is unknown when the attestations cannot be read", async () => {
    const { proofs } = await collect({ signatures, attestations: { url: "x" } }, { status: 503 });
    expect(proofs).toMatchObject([{ level: "verified" }, { kind: "npm-provenance", level: "unknown" }]);
  });
});
