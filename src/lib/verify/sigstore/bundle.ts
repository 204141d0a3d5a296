import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { type Bundle, bundleFromJSON, ValidationError } from "@sigstore/bundle";
import { type SignedEntity, type TrustMaterial, toSignedEntity, VerificationError, Verifier } from "@sigstore/verify";
import { z } from "zod";
import type { SignerIdentity } from "../../../domain/evidence.ts";
import { toInstant } from "../../../domain/instant.ts";
import { messageOf } from "../../failure.ts";
import type { Rejected, Verified } from "../outcome.ts";
import { type SigningKey, toKeyObject } from "../signatures/signing-key.ts";
import { certificateIdentity } from "./certificate.ts";
import { verifyDigest } from "./prehashed.ts";
import type { TrustRoot, TrustRoots } from "./trust-roots.ts";

/** What verification may use. */
export type BundleMaterials = {
  readonly roots: TrustRoots;
  /** The signed content: needed for signatures of files, not for attestations, which carry what they sign. */
  readonly artifact?: Uint8Array;
  /** In its place: `sha256:<hex>` of it, where its digest is known and the content was not read. */
  readonly digest?: string;
  /** The key for the hint that a bundle gives. Without a key, only certificates count. */
  readonly keyOf?: (hint: string) => SigningKey | undefined;
  /** True: a signature by a known key counts without a transparency log too. */
  readonly unlogged?: boolean;
};

/** A verified bundle. `payload` is what an attestation signed; a signature of a file has none. */
export type VerifiedBundle = Verified & {
  readonly payload?: { readonly type: string; readonly bytes: Uint8Array };
};

/** Bundles of versions to come are not broken: they are not understood. */
const VERSIONED = z
  .object({ mediaType: z.string().startsWith("application/vnd.dev.sigstore.bundle") })
  .transform(({ mediaType }) => mediaType);
const KNOWN_VERSIONS = /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=0\.[123]|\.v0\.3\+json)$/;

/**
 * Verifies a Sigstore bundle (https://docs.sigstore.dev/about/bundle/): the signature, the certificate's way to a
 * trusted root at the time of signing, the certificate's log entry, and the transparency log's entry of exactly this
 * signature. What the signed content says is for the caller to compare. Never throws: strangers publish bundles.
 */
export function verifyBundle(json: unknown, materials: BundleMaterials): VerifiedBundle | Rejected {
  try {
    const version = VERSIONED.safeParse(json).data;
    if (version !== undefined && !KNOWN_VERSIONS.test(version)) {
      return { reason: "unsupported", detail: `a bundle of the form ${version}` };
    }
    const bundle = bundleFromJSON(json);
    const entity = byDigest(bundle, toSignedEntity(bundle, Buffer.from(materials.artifact ?? [])), materials);
    return entity.key.$case === "public-key"
      ? verifyWithKey(bundle, entity, entity.key.hint, materials)
      : verifyWithCertificate(bundle, entity, materials);
  } catch (error) {
    return rejectionOf(error);
  }
}

/** A signature of a file, judged by the file's digest alone: the library itself wants the content. */
function byDigest({ content }: Bundle, entity: SignedEntity, materials: BundleMaterials): SignedEntity {
  const sha256 = materials.artifact === undefined ? digestOf(materials) : undefined;
  if (sha256 === undefined || content.$case !== "messageSignature") return entity;
  const { signature } = entity;
  return {
    ...entity,
    signature: {
      signature: signature.signature,
      compareSignature: (other) => signature.compareSignature(other),
      compareDigest: (other) => signature.compareDigest(other),
      compareSignedDigest: (other) => signature.compareSignedDigest(other),
      verifySignature: (key) => verifyDigest(sha256, key, signature.signature) ?? false,
    },
  };
}

function verifyWithCertificate(bundle: Bundle, entity: SignedEntity, materials: BundleMaterials) {
  const { roots } = materials;
  const certificate = leafOf(bundle);
  const mismatch = contentMismatch(bundle, entity, certificate.publicKey, materials);
  if (mismatch !== undefined) return mismatch;
  const root = roots.roots.find((one) => hasIssuerOf(one, certificate));
  if (root === undefined) return unknownIssuer(certificate, roots);
  const stranger = unknownAuthority(entity, root.material);
  if (stranger !== undefined) return stranger;
  const signer = new Verifier(root.material, root.thresholds).verify(entity);
  return verified(bundle, entity, certificateIdentity(signer));
}

function verifyWithKey(bundle: Bundle, entity: SignedEntity, hint: string, materials: BundleMaterials) {
  const key = materials.keyOf?.(hint);
  if (key === undefined) return { reason: "unknown-key", detail: hint } as const;
  const publicKey = toKeyObject(key);
  const mismatch = contentMismatch(bundle, entity, publicKey, materials);
  if (mismatch !== undefined) return mismatch;
  const { validFrom, validUntil } = key;
  const material = {
    certificateAuthorities: [],
    ctlogs: [],
    tlogs: materials.roots.roots.flatMap((root) => root.material.tlogs),
    timestampAuthorities: materials.roots.roots.flatMap((root) => root.material.timestampAuthorities),
    publicKey: () => ({
      publicKey,
      validFor: (date: Date) =>
        (validFrom === undefined || date >= new Date(validFrom)) &&
        (validUntil === undefined || date <= new Date(validUntil)),
    }),
  };
  const stranger = unknownAuthority(entity, material);
  if (stranger !== undefined) return stranger;
  const threshold = materials.unlogged === true ? 0 : 1;
  new Verifier(material, { tlogThreshold: threshold, timestampThreshold: threshold }).verify(entity);
  return verified(bundle, entity, { keyId: key.keyId });
}

/**
 * The signature is looked at before the log: otherwise changed content would be told as a wrong log entry. The digest
 * inside a bundle is only a hint, but one that must not be wrong.
 */
function contentMismatch(bundle: Bundle, entity: SignedEntity, key: KeyObject, materials: BundleMaterials) {
  if (bundle.content.$case === "messageSignature") {
    const digest = digestOf(materials);
    if (digest === undefined) return { reason: "unsupported", detail: "the signed file was not read" } as const;
    if (materials.artifact === undefined && key.asymmetricKeyType !== "ec")
      return { reason: "unsupported", detail: "such a signature needs the file itself, not its digest" } as const;
    if (!entity.signature.compareDigest(digest)) {
      return { reason: "subject-mismatch", detail: "the bundle is for a file with another digest" } as const;
    }
  }
  if (entity.signature.verifySignature(key)) return undefined;
  return { reason: "signature-mismatch", detail: "the signature does not fit content and key" } as const;
}

function digestOf({ artifact, digest }: BundleMaterials): Buffer | undefined {
  if (artifact !== undefined) return createHash("sha256").update(artifact).digest();
  const hex = /^sha256:([0-9a-f]{64})$/i.exec(digest ?? "")?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, "hex");
}

function verified(bundle: Bundle, entity: SignedEntity, identity: SignerIdentity): VerifiedBundle {
  const signedAt = entity.timestamps
    .map((one) =>
      one.$case === "transparency-log" ? Number(one.tlogEntry.integratedTime) * 1_000 : one.timestamp.signingTime,
    )
    .map((time) => toInstant(time))
    .find((time) => time !== undefined);
  const envelope = bundle.content.$case === "dsseEnvelope" ? bundle.content.dsseEnvelope : undefined;
  return {
    reason: "verified",
    identity,
    ...(signedAt !== undefined && { signedAt }),
    ...(envelope !== undefined && { payload: { type: envelope.payloadType, bytes: envelope.payload } }),
  };
}

function leafOf({ verificationMaterial: { content } }: Bundle): X509Certificate {
  const certificate =
    content.$case === "x509CertificateChain" ? content.x509CertificateChain.certificates[0] : undefined;
  const single = content.$case === "certificate" ? content.certificate : certificate;
  return new X509Certificate(Buffer.from(single?.rawBytes ?? []));
}

/** Issuers' names are compared, not trusted: the chain is verified afterwards. */
function hasIssuerOf({ authorities }: TrustRoot, certificate: X509Certificate): boolean {
  return authorities.some((authority) => certificate.checkIssued(authority));
}

/**
 * A log or timestamp authority that the trust roots do not know. It may be younger than they are: what it vouches for is
 * not proven, and not refuted either.
 */
function unknownAuthority({ tlogEntries, timestamps }: SignedEntity, trusted: TrustMaterial): Rejected | undefined {
  const log = tlogEntries.find(({ logId }) => !trusted.tlogs.some(({ logID }) => logID.equals(logId.keyId)));
  if (log !== undefined) return { reason: "unknown-authority", detail: `the log ${log.logId.keyId.toString("hex")}` };
  const clock = timestamps.find(
    (one) =>
      one.$case === "timestamp-authority" &&
      !trusted.timestampAuthorities.some(({ certChain: [signer] }) =>
        signer?.serialNumber.equals(one.timestamp.signerSerialNumber),
      ),
  );
  return clock === undefined ? undefined : { reason: "unknown-authority", detail: "a timestamp authority" };
}

/** GitHub's own instance signs as "GitHub, Inc."; its root is only here after a refresh. */
function unknownIssuer({ issuer }: X509Certificate, { roots }: TrustRoots): Rejected {
  const reachable = issuer.includes("GitHub, Inc.") && !roots.some(({ name }) => name === "github");
  const detail = `issued by ${issuer.replaceAll("\n", ", ")}`;
  return { reason: reachable || roots.length === 0 ? "no-trust-root" : "unknown-authority", detail };
}

function rejectionOf(error: unknown): Rejected {
  const message = messageOf(error);
  if (error instanceof ValidationError)
    return { reason: "malformed", detail: `${message}: ${error.fields.join(", ")}` };
  if (!(error instanceof VerificationError)) return { reason: "malformed", detail: message };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return { reason: reasonOf(error), detail: `${message}${cause}` };
}

/** The library's codes are coarser than our reasons: what they share is told apart by what it calls them. */
function reasonOf(error: VerificationError): Rejected["reason"] {
  const { code, message } = error;
  switch (code) {
    case "TIMESTAMP_ERROR":
      return message.startsWith("expected") ? "no-timestamp" : "timestamp-mismatch";
    case "CERTIFICATE_ERROR":
      if (/SCT/.test(message)) return "certificate-log-missing";
      return error.cause instanceof Error && /expired/.test(error.cause.message)
        ? "certificate-expired"
        : "untrusted-certificate";
    case "PUBLIC_KEY_ERROR":
      return "key-expired";
    case "SIGNATURE_ERROR":
      return "signature-mismatch";
    case "TLOG_BODY_ERROR":
      return message.startsWith("unsupported") ? "unsupported" : "log-mismatch";
    case "TLOG_ERROR":
    case "TLOG_INCLUSION_PROOF_ERROR":
    case "TLOG_INCLUSION_PROMISE_ERROR":
    case "TLOG_MISSING_INCLUSION_ERROR":
      return "log-proof";
    case "NOT_IMPLEMENTED_ERROR":
      return "unsupported";
  }
}
