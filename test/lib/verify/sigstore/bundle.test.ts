import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { isFailure } from "../../../../src/lib/failure.ts";
import { readSigningKey } from "../../../../src/lib/verify/signatures/signing-key.ts";
import { type BundleMaterials, verifyBundle } from "../../../../src/lib/verify/sigstore/bundle.ts";
import { readTrustedRoot } from "../../../../src/lib/verify/sigstore/trust-roots.ts";
import { aSigstore, aStatement, hexOf, type TestBundle, type TestSigstore } from "../../../support/sigstore.ts";

const FILE = "the content of a release";
const statement = aStatement({ digest: { sha256: hexOf(FILE) } });

let sigstore: TestSigstore;
let other: TestSigstore;
beforeAll(async () => {
  [sigstore, other] = await Promise.all([aSigstore(), aSigstore()]);
});

function verify(bundle: unknown, materials: Partial<BundleMaterials> = {}) {
  return verifyBundle(bundle, { roots: sigstore.roots, ...materials });
}

describe("a bundle", () => {
  it("of an attestation is verified, and names who signed it", async () => {
    const outcome = verify(await sigstore.sign({ statement }));
    expect(outcome).toMatchObject({
      reason: "verified",
      identity: {
        issuer: "https://token.actions.githubusercontent.com",
        subjectAlternativeName: "https://github.com/acme/tool/.github/workflows/release.yml@refs/tags/v1.2.0",
        repository: "https://github.com/acme/tool",
        workflow: ".github/workflows/release.yml",
        ref: "refs/tags/v1.2.0",
        runner: "github-hosted",
      },
      payload: { type: "application/vnd.in-toto+json" },
    });
    expect(outcome.reason === "verified" && Date.parse(outcome.signedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });

  it("of a file is verified with the file", async () => {
    const bundle = await sigstore.sign({ artifact: FILE });
    expect(verify(bundle, { artifact: Buffer.from(FILE) }).reason).toBe("verified");
    expect(verify(bundle).reason).toBe("unsupported");
  });

  it("of a file is verified with its digest alone, and no other's", async () => {
    const bundle = await sigstore.sign({ artifact: FILE });
    const by = (digest: string, given: TestBundle = bundle) => verify(given, { digest }).reason;
    expect(by(`sha256:${hexOf(FILE)}`)).toBe("verified");
    expect(by(`sha256:${hexOf("another file")}`)).toBe("subject-mismatch");
    expect(by("sha256:12")).toBe("unsupported");
    const another = (await sigstore.sign({ artifact: FILE })).messageSignature?.signature ?? "";
    const swapped = { ...bundle, messageSignature: { ...bundle.messageSignature, signature: another } } as TestBundle;
    expect(by(`sha256:${hexOf(FILE)}`, swapped)).toBe("signature-mismatch");
  });

  it("is verified with a timestamp beside its log entry", async () => {
    expect(verify(await sigstore.sign({ statement, timestamped: true })).reason).toBe("verified");
  });

  it("is verified among several roots", async () => {
    const roots = { ...sigstore.roots, roots: [other.root, sigstore.root] };
    expect(verify(await sigstore.sign({ statement }), { roots }).reason).toBe("verified");
  });
});

describe("a bundle is rejected", () => {
  it.each<[string, string, (bundle: TestBundle) => unknown]>([
    ["a tampered byte in the statement", "signature-mismatch", tamperPayload],
    ["a tampered byte in the signature", "signature-mismatch", tamperSignature],
    ["a tampered log entry", "log-proof", tamperLogBody],
    ["a tampered promise of the log", "log-proof", tamperPromise],
    ["a tampered proof of inclusion", "log-proof", tamperProof],
    ["no log entry and no time", "no-timestamp", (bundle) => bundle.verificationMaterial.tlogEntries.splice(0)],
    ["an unknown form", "malformed", (bundle) => Object.assign(bundle, { mediaType: "application/json" })],
    ["no certificate", "malformed", withCertificate("")],
    ["a broken certificate", "malformed", withCertificate("AAAA")],
  ])("with %s: %s", async (_case, reason, damage) => {
    const bundle = await sigstore.sign({ statement });
    damage(bundle);
    expect(verify(bundle).reason).toBe(reason);
  });

  it("with the log entry of another signature", async () => {
    const [bundle, another] = await Promise.all([sigstore.sign({ statement }), sigstore.sign({ statement })]);
    bundle.verificationMaterial.tlogEntries = another.verificationMaterial.tlogEntries;
    expect(verify(bundle).reason).toBe("log-mismatch");
  });

  it("with a certificate that had expired when the log saw it", async () => {
    expect(verify(await sigstore.sign({ statement, minutesLater: 20 })).reason).toBe("certificate-expired");
  });

  it("with an expired certificate and no timestamp", async () => {
    const bundle = await sigstore.sign({ statement, logged: false, minutesLater: 20 });
    expect(verify(bundle).reason).toBe("no-timestamp");
  });

  it("with a timestamp of another signature", async () => {
    const [bundle, another] = await Promise.all([
      sigstore.sign({ statement, timestamped: true }),
      sigstore.sign({ statement, timestamped: true }),
    ]);
    const stamps = another.verificationMaterial.timestampVerificationData;
    if (stamps !== undefined) bundle.verificationMaterial.timestampVerificationData = stamps;
    expect(verify(bundle).reason).toBe("timestamp-mismatch");
  });

  it("with a certificate of another authority", async () => {
    // Both authorities have one name: only their keys differ.
    expect(verify(await other.sign({ statement })).reason).toBe("unknown-authority");
  });

  it("with a log or a timestamp authority that nobody here knows", async () => {
    const [bundle, foreign] = await Promise.all([
      sigstore.sign({ statement, timestamped: true }),
      other.sign({ statement, timestamped: true }),
    ]);
    const logged = structuredClone(bundle);
    logged.verificationMaterial.tlogEntries = foreign.verificationMaterial.tlogEntries;
    expect(verify(logged).reason).toBe("unknown-authority");
    const [root] = sigstore.roots.roots;
    const material = root && { ...root.material, timestampAuthorities: [] };
    const roots = { ...sigstore.roots, roots: root && material ? [{ ...root, material }] : [] };
    expect(verify(bundle, { roots }).reason).toBe("unknown-authority");
  });

  it.each([
    ["application/vnd.dev.sigstore.bundle.v0.4+json", "unsupported"],
    ["application/vnd.dev.sigstore.bundle+json;version=0.9", "unsupported"],
    ["application/json", "malformed"],
  ])("of the form %s: %s", async (mediaType, reason) => {
    expect(verify({ ...(await sigstore.sign({ statement })), mediaType }).reason).toBe(reason);
  });

  it("for another file", async () => {
    const bundle = await sigstore.sign({ artifact: FILE });
    expect(verify(bundle, { artifact: Buffer.from("another content") }).reason).toBe("subject-mismatch");
  });

  it.each([[undefined], [null], ["text"], [[]], [{}], [{ mediaType: 1 }]])("that is no bundle: %j", (json) => {
    expect(verify(json).reason).toBe("malformed");
  });
});

describe("a bundle signed with a key", () => {
  it("is not judged without the key", async () => {
    const bundle = await sigstore.sign({ artifact: FILE });
    const keyed = { ...bundle, verificationMaterial: { publicKey: { hint: "release" }, tlogEntries: [] } };
    expect(verify(keyed, { artifact: Buffer.from(FILE) }).reason).toBe("unknown-key");
  });

  it("does not fit another key", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = readSigningKey(publicKey.export({ format: "pem", type: "spki" }).toString());
    const bundle = await sigstore.sign({ artifact: FILE });
    const keyed = { ...bundle, verificationMaterial: { publicKey: { hint: "release" }, tlogEntries: [] } };
    const keyOf = () => (isFailure(key) ? undefined : key);
    expect(verify(keyed, { artifact: Buffer.from(FILE), keyOf }).reason).toBe("signature-mismatch");
  });
});

describe("a trust root", () => {
  it("that leaves the start of a log's validity open is not used", () => {
    const root = structuredClone(sigstore.trustedRoot) as { tlogs: { publicKey: { validFor: { start?: string } } }[] };
    delete root.tlogs[0]?.publicKey.validFor.start;
    expect(readTrustedRoot(root, "custom")).toMatchObject({ code: "unreadable" });
  });

  it.each([[{}], [null], [{ tlogs: "x" }]])("that is none is not used: %j", (json) => {
    expect(readTrustedRoot(json, "custom")).toMatchObject({ code: "unreadable" });
  });

  it("is needed", async () => {
    const roots = { roots: [], npmKeys: [], origins: [] };
    expect(verify(await sigstore.sign({ statement }), { roots }).reason).toBe("no-trust-root");
  });
});

function withCertificate(rawBytes: string) {
  return (bundle: TestBundle) => Object.assign(bundle.verificationMaterial.certificate, { rawBytes });
}

function flip(text: string, at = 8): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}

function tamperPayload(bundle: TestBundle): void {
  if (bundle.dsseEnvelope) bundle.dsseEnvelope.payload = flip(bundle.dsseEnvelope.payload, 40);
}

function tamperSignature(bundle: TestBundle): void {
  const [signature] = bundle.dsseEnvelope?.signatures ?? [];
  if (signature) signature.sig = flip(signature.sig, 40);
}

function tamperLogBody(bundle: TestBundle): void {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  if (entry) entry.canonicalizedBody = flip(String(entry.canonicalizedBody), 40);
}

function tamperPromise(bundle: TestBundle): void {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const promise = entry?.inclusionPromise as { signedEntryTimestamp: string } | undefined;
  if (promise) promise.signedEntryTimestamp = flip(promise.signedEntryTimestamp, 40);
}

function tamperProof(bundle: TestBundle): void {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const proof = entry?.inclusionProof as { rootHash: string; checkpoint: { envelope: string } } | undefined;
  if (proof) proof.checkpoint.envelope = proof.checkpoint.envelope.replace(/\n1\n/, "\n2\n");
}
