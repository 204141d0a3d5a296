import { createHash, X509Certificate } from "node:crypto";
import { z } from "zod";
import { evidenceFor, type SignatureEvidence } from "../../../domain/evidence.ts";
import type { Instant } from "../../../domain/instant.ts";
import { parseJson } from "../../json.ts";
import { type SigningKey, verifyWithKeys } from "../signatures/signing-key.ts";
import { attestationEvidence } from "./attestation.ts";
import { verifyBundle } from "./bundle.ts";
import type { TrustRoots } from "./trust-roots.ts";

/** An image by the digest that was asked about, and as people write it. */
export type ImageSubject = { readonly image: string; readonly digest: string };

/** A layer of a signature image: its content and the annotations of its descriptor. */
export type SignatureLayer = {
  readonly content: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
};

/** Trust roots, and the keys that are pinned for this image's upstream. */
export type ImageTrust = { readonly roots: TrustRoots; readonly keys: readonly SigningKey[] };

/** The evidence in a Sigstore bundle that refers to the image, as cosign stores it since version 3. */
export function imageBundleEvidence(
  bundle: unknown,
  image: ImageSubject,
  { roots, keys }: ImageTrust,
  observedAt: Instant,
): SignatureEvidence {
  const expectation = { kind: "cosign", subject: image.image, digest: image.digest, observedAt } as const;
  const attempts = [undefined, ...keys].map((key) =>
    attestationEvidence(bundle, expectation, { roots, ...(key !== undefined && { keyOf: () => key, unlogged: true }) }),
  );
  return preferred(attempts, keys.length > 0);
}

/**
 * The evidence in an older signature (`sha256-<hex>.sig`): the layer is a small JSON that names the image's digest
 * (https://github.com/containers/image/blob/main/docs/containers-signature.5.md#json-data-format), its signature is in
 * the annotations.
 */
export function simpleSigningEvidence(
  layer: SignatureLayer,
  image: ImageSubject,
  { roots, keys }: ImageTrust,
  observedAt: Instant,
): SignatureEvidence {
  const about = { subject: image.image, subjectDigest: image.digest, observedAt };
  const signature = layer.annotations["dev.cosignproject.cosign/signature"];
  if (signature === undefined) return evidenceFor("cosign", "malformed", { ...about, detail: "no signature" });
  const outcome =
    layer.annotations["dev.sigstore.cosign/certificate"] === undefined
      ? verifyWithKeys(layer.content, Buffer.from(signature, "base64"), keys)
      : verifyBundle(toBundle(layer.annotations, messageOf(layer.content, signature)), {
          roots,
          artifact: layer.content,
        });
  if (outcome.reason !== "verified") return evidenceFor("cosign", outcome.reason, { ...about, detail: outcome.detail });
  const { identity, signedAt } = outcome;
  const who = { ...about, identity, ...(signedAt !== undefined && { signedAt }) };
  const named = PAYLOAD.safeParse(parseJson(layer.content)).data?.critical.image["docker-manifest-digest"];
  if (named === image.digest) return evidenceFor("cosign", "verified", who);
  return named === undefined
    ? evidenceFor("cosign", "malformed", { ...who, detail: "the signed text names no image" })
    : evidenceFor("cosign", "subject-mismatch", { ...who, detail: `it is about ${named}` });
}

/** The evidence in an older attestation (`sha256-<hex>.att`): the layer is a signed envelope, its certificate annotated. */
export function imageAttestationEvidence(
  layer: SignatureLayer,
  image: ImageSubject,
  { roots, keys }: ImageTrust,
  observedAt: Instant,
): SignatureEvidence {
  const expectation = { kind: "cosign", subject: image.image, digest: image.digest, observedAt } as const;
  const envelope = ENVELOPE.safeParse(parseJson(layer.content));
  if (!envelope.success) {
    const detail = "not a signed envelope";
    return evidenceFor("cosign", "malformed", { subject: image.image, observedAt, detail });
  }
  const content = { dsseEnvelope: envelope.data };
  if (layer.annotations["dev.sigstore.cosign/certificate"] !== undefined) {
    return attestationEvidence(toBundle(layer.annotations, content), expectation, { roots });
  }
  const bundle = { ...KEYED, ...content };
  const attempts = [undefined, ...keys].map((key) =>
    attestationEvidence(bundle, expectation, { roots, ...(key !== undefined && { keyOf: () => key, unlogged: true }) }),
  );
  return preferred(attempts, keys.length > 0);
}

const BLOB = z.object({
  base64Signature: z.string(),
  cert: z.string().optional(),
  rekorBundle: z.unknown().optional(),
});

/**
 * The file that `cosign sign-blob --bundle` wrote before version 3, as a bundle; undefined when it is not one. Without a
 * certificate it names no key: then `signature` alone is there.
 */
export function blobBundle(
  json: unknown,
  content: Uint8Array,
): { bundle?: unknown; signature: Uint8Array } | undefined {
  const blob = BLOB.safeParse(json).data;
  if (blob === undefined) return undefined;
  const signature = Buffer.from(blob.base64Signature, "base64");
  if (blob.cert === undefined) return { signature };
  const annotations = {
    "dev.sigstore.cosign/certificate": Buffer.from(blob.cert, "base64").toString(),
    "dev.sigstore.cosign/bundle": JSON.stringify(blob.rekorBundle),
  };
  return { signature, bundle: toBundle(annotations, messageOf(content, blob.base64Signature)) };
}

const KEYED = {
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  verificationMaterial: { publicKey: { hint: "" }, tlogEntries: [] },
};

const PAYLOAD = z.object({ critical: z.object({ image: z.object({ "docker-manifest-digest": z.string() }) }) });
const ENVELOPE = z.object({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z
    .array(
      z.object({
        sig: z.string(),
        keyid: z
          .string()
          .nullish()
          .transform((id) => id ?? ""),
      }),
    )
    .length(1),
});
const LOG = z.object({
  SignedEntryTimestamp: z.string(),
  Payload: z.object({ body: z.string(), integratedTime: z.number(), logIndex: z.number(), logID: z.string() }),
});
const ENTRY = z.object({ kind: z.string(), apiVersion: z.string() });
const TIMESTAMP = z.object({ SignedRFC3161Timestamp: z.string() });

/** With a key: the first that fits, else what it says of the last one. Without any: there is a signature, and no key. */
function preferred(attempts: readonly SignatureEvidence[], keyed: boolean): SignatureEvidence {
  const verified = attempts.find(({ reason }) => reason === "verified");
  const [byCertificate] = attempts;
  const last = attempts.findLast(({ reason }) => reason !== "unknown-key") ?? byCertificate;
  if (verified !== undefined) return verified;
  if (last === undefined) throw new Error("nothing was tried");
  const { kind, level: _level, reason, ...rest } = last;
  if (reason === "unknown-key" && !keyed) return evidenceFor(kind, "no-key", rest);
  // A signature does not say which key made it: one that fits no pinned key may be another person's.
  return evidenceFor(kind, reason === "signature-mismatch" && last !== byCertificate ? "unknown-key" : reason, rest);
}

function messageOf(content: Uint8Array, signature: string) {
  const digest = createHash("sha256").update(content).digest("base64");
  return { messageSignature: { messageDigest: { algorithm: "SHA2_256", digest }, signature } };
}

/** cosign's annotations hold the parts of a bundle of version 0.1 under other names. */
function toBundle(annotations: Readonly<Record<string, string>>, content: object): unknown {
  const log = LOG.safeParse(parseJson(annotations["dev.sigstore.cosign/bundle"])).data;
  const stamp = TIMESTAMP.safeParse(parseJson(annotations["dev.sigstore.cosign/rfc3161timestamp"])).data;
  const certificate = toDer(annotations["dev.sigstore.cosign/certificate"] ?? "");
  return {
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate }] },
      tlogEntries: log === undefined ? [] : [toLogEntry(log)],
      ...(stamp !== undefined && {
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: stamp.SignedRFC3161Timestamp }] },
      }),
    },
    ...content,
  };
}

function toLogEntry({ SignedEntryTimestamp, Payload }: z.infer<typeof LOG>) {
  const entry = ENTRY.safeParse(parseJson(Buffer.from(Payload.body, "base64"))).data;
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, "hex").toString("base64") },
    kindVersion: { kind: entry?.kind ?? "", version: entry?.apiVersion ?? "" },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

function toDer(pem: string): string {
  try {
    return new X509Certificate(pem).raw.toString("base64");
  } catch {
    return ""; // an empty certificate is a malformed bundle, which is what the verifier then says
  }
}
