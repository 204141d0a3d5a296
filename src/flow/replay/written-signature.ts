import { z } from "zod";
import type { EvidenceReason } from "../../domain/evidence.ts";
import { own } from "../../domain/own.ts";
import { person, text } from "./written-values.ts";

/** GitHub's signature states (GitSignatureState), and the words that people write. */
const STATES: Readonly<Record<string, EvidenceReason | "unknown">> = {
  valid: "verified",
  verified: "verified",
  signed: "verified",
  present: "no-key",
  forge: "signed-by-forge",
  "web-flow": "signed-by-forge",
  none: "none",
  unsigned: "none",
  invalid: "signature-mismatch",
  malformed_sig: "malformed",
  bad_cert: "bad-certificate",
  unknown_key: "unverified-signer",
  bad_email: "unverified-signer",
  unverified_email: "unverified-signer",
  no_user: "unverified-signer",
  unknown_sig_type: "unsupported",
  not_signing_key: "unverified-signer",
  ocsp_pending: "not-answered",
  ocsp_error: "not-answered",
  ocsp_revoked: "key-revoked",
  missing: "none",
  absent: "none",
  expired_key: "key-expired",
  expired: "key-expired",
  revoked: "key-revoked",
  gpgverify_error: "unknown",
  gpgverify_unavailable: "unknown",
  unknown: "unknown",
};

const state = z.union([z.string(), z.boolean()]).transform((word, context): EvidenceReason | "unknown" => {
  if (typeof word === "boolean") return word ? "verified" : "none";
  const known = own(STATES, word.toLowerCase());
  if (known !== undefined) return known;
  context.addIssue({ code: "custom", message: `"${word}" is none of ${Object.keys(STATES).join(", ")}` });
  return z.NEVER;
});

const identity = {
  key: text,
  signer: person.optional(),
  repository: text,
  workflow: text,
  environment: text,
  ref: text,
};

/** GitHub's own keys, by which it signs what is merged on its pages. */
const FORGE_KEYS: readonly string[] = ["4AEE18F83AFDEB23", "B5690EEEBB952194"];

/** The words of GitHub's GraphQL (`isValid`, `wasSignedByGitHub`, `keyId`) and REST (`verified`, `reason`) stand for ours. */
const fullSignature = z
  .strictObject({
    state: state.optional(),
    byForge: z.boolean().optional(),
    ...identity,
    isValid: z.boolean().optional(),
    verified: z.boolean().optional(),
    reason: state.optional(),
    wasSignedByGitHub: z.boolean().optional(),
    keyId: text,
    keyFingerprint: text,
    email: z.unknown().optional(),
    payload: z.unknown().optional(),
    signature: z.unknown().optional(),
    verifiedAt: z.unknown().optional(),
    verified_at: z.unknown().optional(),
    __typename: z.unknown().optional(),
  })
  .transform((written) => {
    const { state: own, reason, isValid, verified, byForge, wasSignedByGitHub, keyId, keyFingerprint } = written;
    const valid = isValid ?? verified;
    const key = written.key ?? keyId ?? keyFingerprint;
    return {
      state: own ?? reason ?? (valid === false ? ("signature-mismatch" as const) : ("verified" as const)),
      byForge: byForge ?? wasSignedByGitHub ?? FORGE_KEYS.includes(key?.toUpperCase().slice(-16) ?? ""),
      key,
      signer: written.signer,
      repository: written.repository,
      workflow: written.workflow,
      environment: written.environment,
      ref: written.ref,
    };
  });

/** `"VALID"`, `true`, or an object with the state and who signed. */
export const signature = z.union([state.transform((reason) => ({ state: reason })), fullSignature]);

/** A signature with what is written of its signer. */
export type FullSignature = z.output<typeof fullSignature>;

/** A signature as it is written: its state at least. */
export type Signature = Pick<FullSignature, "state"> | FullSignature;
