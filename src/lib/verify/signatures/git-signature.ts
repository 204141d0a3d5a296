import {
  type EvidenceReason,
  evidenceFor,
  type SignatureEvidence,
  type SignerIdentity,
} from "../../../domain/evidence.ts";
import type { Instant } from "../../../domain/instant.ts";
import { own } from "../../../domain/own.ts";

/**
 * A signature of a commit or annotated tag as the forge reports it. `state` is GitHub's `GitSignatureState`, or the
 * `reason` of its REST API (the same words in lower case). Absent signature: `UNSIGNED`.
 */
export type ForgeSignature = {
  readonly state: string;
  /** Made by the forge itself, for a change on its pages or a merge. */
  readonly byForge: boolean;
  /** Key id or fingerprint where the forge gives it: the tie to one person's key from release to release. */
  readonly keyId?: string;
  readonly signer?: string;
};

/** What each state means. A state that is not here was added later: signed, and not judged. */
const STATES: Readonly<Record<string, EvidenceReason>> = {
  VALID: "verified",
  UNSIGNED: "none",
  INVALID: "signature-mismatch",
  MALFORMED_SIG: "malformed",
  MALFORMED_SIGNATURE: "malformed",
  BAD_CERT: "bad-certificate",
  EXPIRED_KEY: "key-expired",
  OCSP_REVOKED: "key-revoked",
  GPGVERIFY_ERROR: "not-answered",
  GPGVERIFY_UNAVAILABLE: "not-answered",
  OCSP_ERROR: "not-answered",
  OCSP_PENDING: "not-answered",
  UNKNOWN_KEY: "unverified-signer",
  UNKNOWN_SIG_TYPE: "unsupported",
  UNKNOWN_SIGNATURE_TYPE: "unsupported",
};

/**
 * The evidence in a forge's word about a commit's or tag's signature. No signature is `none`, never bad; the forge's own
 * signature is weak, because it says that somebody was logged in and no more.
 */
export function gitSignatureEvidence(
  signature: ForgeSignature | undefined,
  subject: { readonly subject: string; readonly commit?: string },
  observedAt: Instant,
): SignatureEvidence {
  const state = signature?.state.toUpperCase() ?? "UNSIGNED";
  const reason = own(STATES, state) ?? "unverified-signer";
  const identity = identityOf(signature);
  return evidenceFor("git-signature", reason === "verified" && signature?.byForge ? "signed-by-forge" : reason, {
    subject: subject.subject,
    observedAt,
    ...(subject.commit !== undefined && { subjectDigest: `sha1:${subject.commit}` }),
    ...(identity !== undefined && { identity }),
    ...(own(STATES, state) === undefined && { detail: state.slice(0, 40) }),
  });
}

function identityOf(signature: ForgeSignature | undefined): SignerIdentity | undefined {
  if (signature === undefined || signature.byForge) return undefined;
  const { keyId, signer } = signature;
  if (keyId === undefined && signer === undefined) return undefined;
  return {
    ...(keyId !== undefined && { keyId }),
    ...(signer !== undefined && { subjectAlternativeName: signer }),
  };
}
