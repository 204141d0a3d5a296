import { generateKeyPairSync, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { isFailure } from "../../../../src/lib/failure.ts";
import { readSigningKey, type SigningKey } from "../../../../src/lib/verify/signatures/signing-key.ts";
import {
  imageAttestationEvidence,
  imageBundleEvidence,
  simpleSigningEvidence,
} from "../../../../src/lib/verify/sigstore/cosign.ts";
import { NOW } from "../../../support/build.ts";
import { aSigstore, aStatement, cosignAnnotations, hexOf, type TestSigstore } from "../../../support/sigstore.ts";

const hex = hexOf("an image's manifest");
const image = { image: "registry.example/acme/tool:1.2.0", digest: `sha256:${hex}` };
const SIGNATURE = "https://sigstore.dev/cosign/sign/v1";
const statement = aStatement({ name: "", digest: { sha256: hex }, predicateType: SIGNATURE });
const payload = (digest = image.digest) =>
  JSON.stringify({
    critical: {
      identity: { "docker-reference": "registry.example/acme/tool" },
      image: { "docker-manifest-digest": digest },
      type: "cosign container image signature",
    },
    optional: null,
  });

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = keyOf(pair.publicKey.export({ format: "pem", type: "spki" }).toString());
const otherPair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const otherKey = keyOf(otherPair.publicKey.export({ format: "pem", type: "spki" }).toString());

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await aSigstore();
});

const trust = (...keys: SigningKey[]) => ({ roots: sigstore.roots, keys });
const keyed = (text: string) => ({
  content: Buffer.from(text),
  annotations: {
    "dev.cosignproject.cosign/signature": sign("sha256", Buffer.from(text), pair.privateKey).toString("base64"),
  },
});
const signed = async (text: string) => {
  const bundle = await sigstore.sign({ artifact: text });
  return { content: Buffer.from(text), annotations: cosignAnnotations(bundle) };
};

describe("a bundle that refers to an image", () => {
  it("is verified without a key, and names the workflow", async () => {
    expect(imageBundleEvidence(await sigstore.sign({ statement }), image, trust(), NOW)).toMatchObject({
      kind: "cosign",
      level: "verified",
      subjectDigest: image.digest,
      predicateType: SIGNATURE,
      identity: { repository: "https://github.com/acme/tool" },
    });
  });

  it("is verified with a pinned key", async () => {
    const bundle = await sigstore.sign({ statement, key: pair, hint: "any", logged: false });
    expect(imageBundleEvidence(bundle, image, trust(otherKey, key), NOW)).toMatchObject({
      level: "verified",
      identity: { keyId: key.keyId },
    });
    expect(imageBundleEvidence(bundle, image, trust(), NOW)).toMatchObject({ level: "present", reason: "no-key" });
    expect(imageBundleEvidence(bundle, image, trust(otherKey), NOW).reason).toBe("unknown-key");
  });

  it("for another image is told so", async () => {
    const other = aStatement({ digest: { sha256: hexOf("another image") } });
    expect(imageBundleEvidence(await sigstore.sign({ statement: other }), image, trust(), NOW).reason).toBe(
      "subject-mismatch",
    );
  });
});

describe("an older signature of an image", () => {
  it("is verified by its certificate and log entry", async () => {
    expect(simpleSigningEvidence(await signed(payload()), image, trust(), NOW)).toMatchObject({
      level: "verified",
      identity: { repository: "https://github.com/acme/tool" },
      signedAt: expect.stringMatching(/^20/),
    });
  });

  it("is verified by a pinned key", () => {
    expect(simpleSigningEvidence(keyed(payload()), image, trust(otherKey, key), NOW)).toMatchObject({
      level: "verified",
      identity: { keyId: key.keyId },
    });
    expect(simpleSigningEvidence(keyed(payload()), image, trust(otherKey), NOW).reason).toBe("unknown-key");
    expect(simpleSigningEvidence(keyed(payload()), image, trust(), NOW).reason).toBe("no-key");
  });

  it("of another image is told so, however it is signed", async () => {
    const other = payload(`sha256:${hexOf("another image")}`);
    expect(simpleSigningEvidence(await signed(other), image, trust(), NOW).reason).toBe("subject-mismatch");
    expect(simpleSigningEvidence(keyed(other), image, trust(key), NOW).reason).toBe("subject-mismatch");
    expect(simpleSigningEvidence(await signed("{}"), image, trust(), NOW).reason).toBe("malformed");
  });

  it("whose payload was changed does not fit", async () => {
    const layer = await signed(payload());
    const changed = { ...layer, content: Buffer.from(payload().replace("registry.example", "registry.invalid")) };
    expect(simpleSigningEvidence(changed, image, trust(), NOW).reason).toBe("signature-mismatch");
  });

  it("with the log entry of another signature is told so", async () => {
    const [layer, another] = await Promise.all([signed(payload()), signed(payload())]);
    const annotations = {
      ...layer.annotations,
      "dev.sigstore.cosign/bundle": another.annotations["dev.sigstore.cosign/bundle"] ?? "",
    };
    expect(simpleSigningEvidence({ ...layer, annotations }, image, trust(), NOW).reason).toBe("log-mismatch");
  });

  it.each([
    ["no signature", "dev.cosignproject.cosign/signature", undefined, "malformed"],
    ["a broken certificate", "dev.sigstore.cosign/certificate", "text", "malformed"],
    ["no log entry", "dev.sigstore.cosign/bundle", "", "no-timestamp"],
  ])("with %s is told so", async (_case, name, value, reason) => {
    const layer = await signed(payload());
    const { [name]: _removed, ...rest } = layer.annotations;
    const annotations = value === undefined ? rest : { ...rest, [name]: value };
    expect(simpleSigningEvidence({ ...layer, annotations }, image, trust(), NOW).reason).toBe(reason);
  });
});

describe("an older attestation of an image", () => {
  it("is verified by certificate, and by key", async () => {
    const bundle = await sigstore.sign({ statement });
    const layer = { content: Buffer.from(JSON.stringify(bundle.dsseEnvelope)), annotations: cosignAnnotations(bundle) };
    expect(imageAttestationEvidence(layer, image, trust(), NOW)).toMatchObject({
      level: "verified",
      predicateType: SIGNATURE,
      identity: { repository: "https://github.com/acme/tool" },
    });
    const byKey = await sigstore.sign({ statement, key: pair, hint: "", logged: false });
    const content = Buffer.from(JSON.stringify(byKey.dsseEnvelope));
    expect(imageAttestationEvidence({ content, annotations: {} }, image, trust(key), NOW).level).toBe("verified");
    expect(imageAttestationEvidence({ content, annotations: {} }, image, trust(), NOW).reason).toBe("no-key");
  });

  it("that is none is malformed", () => {
    expect(imageAttestationEvidence({ content: Buffer.from("x"), annotations: {} }, image, trust(), NOW).reason).toBe(
      "malformed",
    );
  });
});

function keyOf(pem: string): SigningKey {
  const read = readSigningKey(pem);
  if (isFailure(read)) throw read;
  return read;
}
