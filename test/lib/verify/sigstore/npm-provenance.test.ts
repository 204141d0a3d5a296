import { generateKeyPairSync, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { npmAttestationEvidence, npmSignatureEvidence } from "../../../../src/lib/verify/sigstore/npm-provenance.ts";
import type { RegistryKey } from "../../../../src/lib/verify/sigstore/trust-roots.ts";
import { NOW } from "../../../support/build.ts";
import { aSigstore, aStatement, hexOf, type TestSigstore } from "../../../support/sigstore.ts";

const content = "a package";
const version = {
  name: "@acme/tool",
  version: "1.2.0",
  integrity: `sha512-${Buffer.from(hexOf(content, "sha512"), "hex").toString("base64")}`,
};
const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const SLSA = "https://slsa.dev/provenance/v1";
const about = { name: "pkg:npm/%40acme/tool@1.2.0", digest: { sha512: hexOf(content, "sha512") } };

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const registryKey = (usage: RegistryKey["usage"]): RegistryKey => ({
  keyId: "SHA256:registry",
  usage,
  der: keys.publicKey.export({ format: "der", type: "spki" }),
  validFrom: "2020-01-01T00:00:00.000Z",
});

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await aSigstore();
});

function judge(...attestations: { predicateType: string; bundle: unknown }[]) {
  const roots = { ...sigstore.roots, npmKeys: [registryKey("npm:attestations")] };
  return npmAttestationEvidence({ attestations }, version, { roots }, NOW);
}

describe("the attestations of a package on npm", () => {
  it("are verified: the build by its workflow, the publication by the registry's key", async () => {
    const [build, publication] = await Promise.all([
      sigstore.sign({ statement: aStatement(about) }),
      sigstore.sign({
        statement: aStatement({ ...about, predicateType: PUBLISH }),
        key: keys,
        hint: "SHA256:registry",
      }),
    ]);
    expect(
      judge({ predicateType: SLSA, bundle: build }, { predicateType: PUBLISH, bundle: publication }),
    ).toMatchObject([
      { kind: "npm-provenance", level: "verified", identity: { repository: "https://github.com/acme/tool" } },
      { kind: "npm-signature", level: "verified", identity: { keyId: "SHA256:registry" } },
    ]);
  });

  it("of another package, of other content, of another kind are told so", async () => {
    const [name, digest, kind] = await Promise.all([
      sigstore.sign({ statement: aStatement({ ...about, name: "pkg:npm/evil@1.2.0" }) }),
      sigstore.sign({ statement: aStatement({ ...about, digest: { sha512: hexOf("x", "sha512") } }) }),
      sigstore.sign({ statement: aStatement({ ...about, predicateType: "https://example.org/x" }) }),
    ]);
    const bundles = [name, digest, kind].map((bundle) => ({ predicateType: SLSA, bundle }));
    expect(judge(...bundles).map(({ reason }) => reason)).toEqual([
      "subject-mismatch",
      "subject-mismatch",
      "predicate-mismatch",
    ]);
  });

  it("by a key that is not the registry's are told so", async () => {
    const statement = aStatement({ ...about, predicateType: PUBLISH });
    const bundle = await sigstore.sign({ statement, key: keys, hint: "SHA256:other" });
    expect(judge({ predicateType: PUBLISH, bundle })).toMatchObject([{ reason: "unknown-key" }]);
  });

  it("that are none are told so", () => {
    expect(judge()).toMatchObject([{ level: "none" }]);
    const roots = sigstore.roots;
    expect(npmAttestationEvidence("text", version, { roots }, NOW)).toMatchObject([{ reason: "malformed" }]);
    const unhashed = { ...version, integrity: "sha1-abc" };
    expect(npmAttestationEvidence({ attestations: [] }, unhashed, { roots }, NOW)[0]?.reason).toBe("malformed");
  });
});

describe("the registry's signature of a package", () => {
  const signature = (text: string) => ({
    keyid: "SHA256:registry",
    sig: sign("sha256", Buffer.from(text), keys.privateKey).toString("base64"),
  });

  it.each([
    ["fits", signature(`@acme/tool@1.2.0:${version.integrity}`), "verified"],
    ["is of another version", signature(`@acme/tool@1.1.0:${version.integrity}`), "signature-mismatch"],
    ["is of another key", { ...signature("x"), keyid: "SHA256:other" }, "unknown-key"],
    ["is nothing", { keyid: "SHA256:registry", sig: "" }, "signature-mismatch"],
  ])("%s", (_case, given, reason) => {
    expect(npmSignatureEvidence(given, version, [registryKey("npm:signatures")], NOW).reason).toBe(reason);
  });
});
