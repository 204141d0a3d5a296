import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { Instant } from "../../../domain/instant.ts";
import { Failure } from "../../failure.ts";
import type { Rejected, Verified } from "../outcome.ts";

/** A public key (DER, SubjectPublicKeyInfo) that is known beforehand; only signatures inside its validity count. */
export type SigningKey = {
  /** `SHA256:<base64>` of the DER form, as npm and OpenSSH write fingerprints, or the registry's own id. */
  readonly keyId: string;
  readonly der: Uint8Array;
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
};

/** Reads a PEM public key such as cosign's `cosign.pub`. */
export function readSigningKey(pem: string): SigningKey | Failure {
  try {
    const der = createPublicKey(pem).export({ format: "der", type: "spki" });
    return {
      keyId: `SHA256:${createHash("sha256")
        .update(der)
        .digest("base64")
        .replace(/(?<!=)=+$/, "")}`,
      der,
    };
  } catch (error) {
    return new Failure("unreadable", "not a public key in PEM form", { cause: error });
  }
}

/** The key in the form that signatures are verified with; throws for one that is none. */
export function toKeyObject(key: SigningKey): KeyObject {
  return createPublicKey({ key: Buffer.from(key.der), format: "der", type: "spki" });
}

/** Verifies a bare signature (SHA-256) of `content` with the first key that fits: it does not say which key made it. */
export function verifyWithKeys(
  content: Uint8Array,
  signature: Uint8Array,
  keys: readonly SigningKey[],
): Verified | Rejected {
  if (keys.length === 0) return { reason: "no-key", detail: "signed with a key" };
  const fits = keys.find((key) => verify("sha256", content, toKeyObject(key), signature));
  if (fits !== undefined) return { reason: "verified", identity: { keyId: fits.keyId } };
  return { reason: "unknown-key", detail: "the signature fits none of the pinned keys" };
}
