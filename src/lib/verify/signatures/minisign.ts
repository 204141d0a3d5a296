import { createHash, createPublicKey, verify } from "node:crypto";
import { Failure, isFailure } from "../../failure.ts";
import type { Rejected, Verified } from "../outcome.ts";

/** A minisign public key (https://jedisct1.github.io/minisign/#public-key-format). `keyId` as `minisign` prints it. */
export type MinisignKey = { readonly keyId: string; readonly publicKey: Uint8Array };

/** A `.minisig` file. `algorithm`: `Ed` signs the file, `ED` its BLAKE2b-512. */
type MinisignSignature = {
  readonly algorithm: "Ed" | "ED";
  readonly keyId: string;
  readonly signature: Uint8Array;
  readonly trustedComment: string;
  readonly globalSignature: Uint8Array;
};

const KEY_BYTES = 42;
const SIGNATURE_BYTES = 74;
/** What precedes the bare 32 bytes of an Ed25519 key in DER (RFC 8410). */
const ED25519 = Buffer.from("302a300506032b6570032100", "hex");

/** Reads a key: the base64 line alone, or the whole file with its comment. */
export function readMinisignKey(text: string): MinisignKey | Failure {
  const line = text
    .trim()
    .split(/\r?\n/)
    .findLast((one) => !one.startsWith("untrusted comment:"));
  const bytes = decode(line, KEY_BYTES);
  if (bytes === undefined || algorithmOf(bytes) !== "Ed") return new Failure("unreadable", "not a minisign public key");
  return { keyId: keyIdOf(bytes), publicKey: bytes.subarray(10) };
}

/**
 * Verifies a minisign signature over `content`, and the global signature that protects its trusted comment: a comment
 * that says of which file it is must not be replaceable. `fileName`: under which the content is published; an old file with
 * its old signature must not pass for the one of another version.
 */
export function verifyMinisign(
  content: Uint8Array,
  signature: string,
  keys: readonly MinisignKey[],
  fileName?: string,
): Verified | Rejected {
  const parsed = readSignature(signature);
  if (isFailure(parsed)) return { reason: "malformed", detail: parsed.message };
  const identity = { keyId: parsed.keyId };
  if (keys.length === 0) return { reason: "no-key", detail: parsed.trustedComment, identity };
  const key = keys.find(({ keyId }) => keyId === parsed.keyId);
  if (key === undefined) return { reason: "unknown-key", detail: parsed.trustedComment, identity };
  const message = parsed.algorithm === "ED" ? createHash("blake2b512").update(content).digest() : content;
  if (!verifyEd25519(key, message, parsed.signature)) {
    return { reason: "signature-mismatch", detail: "the signature does not fit content and key", identity };
  }
  const global = Buffer.concat([parsed.signature, Buffer.from(parsed.trustedComment)]);
  if (!verifyEd25519(key, global, parsed.globalSignature)) {
    return { reason: "signature-mismatch", detail: "the trusted comment is not the signed one", identity };
  }
  const signedAs = /(?:^|\s)file:(\S+)/.exec(parsed.trustedComment)?.[1];
  if (signedAs !== undefined && fileName !== undefined && isOfAnotherVersion(signedAs, fileName))
    return { reason: "subject-mismatch", detail: `signed as ${signedAs}`, identity };
  return { reason: "verified", identity };
}

/** The same name but for its numbers: files are renamed on their way, but not into another version of themselves. */
function isOfAnotherVersion(signedAs: string, fileName: string): boolean {
  const [one, other] = [signedAs, fileName].map((name) => name.slice(name.lastIndexOf("/") + 1));
  return one !== other && one?.replace(/\d+/g, "#") === other?.replace(/\d+/g, "#");
}

function readSignature(text: string): MinisignSignature | Failure {
  const [untrusted, encoded, comment, global] = text.split(/\r?\n/);
  const bytes = decode(encoded, SIGNATURE_BYTES);
  const globalSignature = decode(global, 64);
  const algorithm = bytes === undefined ? undefined : algorithmOf(bytes);
  const trusted = comment?.startsWith("trusted comment: ") ? comment.slice("trusted comment: ".length) : undefined;
  if (
    !untrusted?.startsWith("untrusted comment:") ||
    bytes === undefined ||
    algorithm === undefined ||
    trusted === undefined ||
    globalSignature === undefined
  ) {
    return new Failure("unreadable", "not a minisign signature");
  }
  return { algorithm, keyId: keyIdOf(bytes), signature: bytes.subarray(10), trustedComment: trusted, globalSignature };
}

function algorithmOf(bytes: Uint8Array): "Ed" | "ED" | undefined {
  const name = Buffer.from(bytes.subarray(0, 2)).toString("latin1");
  return name === "Ed" || name === "ED" ? name : undefined;
}

/** The id is a little-endian number. */
function keyIdOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(2, 10)).reverse().toString("hex").toUpperCase();
}

function verifyEd25519({ publicKey }: MinisignKey, message: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.concat([ED25519, publicKey]), format: "der", type: "spki" });
  return verify(null, message, key, signature);
}

function decode(line: string | undefined, length: number): Uint8Array | undefined {
  if (line === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(line)) return undefined;
  const bytes = Buffer.from(line, "base64");
  return bytes.length === length ? bytes : undefined;
}
