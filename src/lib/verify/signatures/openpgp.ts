import type { Key, Signature, VerifyMessageResult } from "openpgp";
import { toInstant } from "../../../domain/instant.ts";
import { type Failure, messageOf, toFailure } from "../../failure.ts";
import type { Rejected, Verified } from "../outcome.ts";

type VerificationResult = VerifyMessageResult["signatures"][number];

/** The library takes a while to load and is needed by few upstreams. */
const load = () => import("openpgp");

/** Reads an armored public key block, which may hold several keys, into fingerprints (upper-case hex). */
export async function readOpenPgpFingerprints(armored: string): Promise<readonly string[] | Failure> {
  try {
    const { readKeys } = await load();
    return (await readKeys({ armoredKeys: armored })).map((key) => key.getFingerprint().toUpperCase());
  } catch (error) {
    return toFailure(error, "unreadable", "not an OpenPGP public key block");
  }
}

/**
 * Verifies a detached signature, armored or binary (RFC 9580). Several signatures: one by a known key is enough, and
 * one by a known key that does not fit is not outweighed. `keys` are armored blocks.
 */
export async function verifyOpenPgp(
  content: Uint8Array,
  signature: Uint8Array,
  keys: readonly string[],
): Promise<Verified | Rejected> {
  try {
    const { createMessage, readSignature, verify } = await load();
    const text = new TextDecoder("latin1").decode(signature);
    const parsed = text.includes("-----BEGIN PGP SIGNATURE-----")
      ? await readSignature({ armoredSignature: text })
      : await readSignature({ binarySignature: signature });
    const verificationKeys = await readKnown(keys);
    const message = await createMessage({ binary: content });
    const { signatures } = await verify({ message, signature: parsed, verificationKeys, format: "binary" });
    return await judge(signatures, verificationKeys);
  } catch (error) {
    return unreadable(error);
  }
}

/** Verifies a clearsigned text and gives what was signed: only that may be read on. */
export async function verifyClearsigned(
  document: string,
  keys: readonly string[],
): Promise<(Verified & { readonly text: string }) | Rejected> {
  try {
    const { readCleartextMessage, verify } = await load();
    const message = await readCleartextMessage({ cleartextMessage: document });
    const verificationKeys = await readKnown(keys);
    const { signatures } = await verify({ message, verificationKeys });
    const outcome = await judge(signatures, verificationKeys);
    return outcome.reason === "verified" ? { ...outcome, text: message.getText() } : outcome;
  } catch (error) {
    return unreadable(error);
  }
}

async function readKnown(keys: readonly string[]): Promise<Key[]> {
  const { readKeys } = await load();
  return (await Promise.all(keys.map((armoredKeys) => readKeys({ armoredKeys })))).flat();
}

async function judge(results: readonly VerificationResult[], keys: readonly Key[]): Promise<Verified | Rejected> {
  const outcomes = await Promise.all(results.map((result) => judgeOne(result, keys)));
  const order = (outcome: Verified | Rejected) => ORDER.indexOf(outcome.reason);
  const [first] = outcomes.sort((a, b) => order(a) - order(b));
  return first ?? { reason: "malformed", detail: "the signature file holds no signature" };
}

/** What counts most comes first: a mismatch with a known key before a match, before what cannot be judged. */
const ORDER: readonly string[] = [
  "signature-mismatch",
  "verified",
  "key-revoked",
  "key-expired",
  "unsupported",
  "unknown-key",
  "no-key",
];

async function judgeOne(result: VerificationResult, keys: readonly Key[]): Promise<Verified | Rejected> {
  const signature = await result.signature.catch(() => undefined);
  const known = keys.find((key) => key.getKeys(result.keyID).length > 0);
  const keyId = known?.getFingerprint().toUpperCase() ?? issuerOf(signature) ?? result.keyID.toHex().toUpperCase();
  const signedAt = toInstant(signature?.packets[0]?.created);
  const who = { identity: { keyId }, ...(signedAt !== undefined && { signedAt }) };
  try {
    await result.verified;
    return { reason: "verified", ...who };
  } catch (error) {
    const detail = messageOf(error);
    const reason = keys.length === 0 ? "no-key" : reasonOf(detail, known !== undefined);
    return { reason, detail, ...who };
  }
}

/** The library tells by words alone. A signature by a key of ours that fails for no other cause does not fit. */
function reasonOf(message: string, known: boolean): Rejected["reason"] {
  if (!known || /could not find signing key/i.test(message)) return "unknown-key";
  if (/revoked/i.test(message)) return "key-revoked";
  if (/expired/i.test(message)) return "key-expired";
  return /insecure|unsupported|not implemented/i.test(message) ? "unsupported" : "signature-mismatch";
}

function issuerOf(signature: Signature | undefined): string | undefined {
  const fingerprint = signature?.packets[0]?.issuerFingerprint;
  return fingerprint == null ? undefined : Buffer.from(fingerprint).toString("hex").toUpperCase();
}

function unreadable(error: unknown): Rejected {
  return { reason: "malformed", detail: toFailure(error, "unreadable", "not an OpenPGP signature").message };
}
