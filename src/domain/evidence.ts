import type { Instant } from "./instant.ts";

/** What kind of proof it is. `github-release` is the attestation of an immutable release; `npm-signature` the registry's own. */
export type EvidenceKind =
  | "pep740"
  | "github-attestation"
  | "github-release"
  | "npm-provenance"
  | "npm-signature"
  | "cosign"
  | "openpgp"
  | "minisign"
  | "git-signature";

/**
 * `verified`: cryptography and identity hold. `present`: there is something that proves little or could not be judged.
 * `invalid`: it says something that is not so. `none`: looked, and there is nothing. `unknown`: could not look.
 */
export type EvidenceLevel = "verified" | "present" | "invalid" | "none" | "unknown";

/** Every outcome there is, with the level it stands for and the words for people. Never a word for good or bad intent. */
const REASONS = {
  verified: ["verified", "verified"],
  "signed-by-forge": ["present", "signed by the forge's own key, which says little of the person"],
  "no-key": ["present", "signed, but no key of this upstream is pinned or known"],
  "unknown-key": ["present", "signed by a key that is not among the known ones"],
  "unverified-signer": ["present", "signed, but the forge ties the key to no person it knows"],
  "key-expired": ["present", "signed by a key that has expired"],
  "key-revoked": ["present", "signed by a key that was revoked"],
  "other-name": ["present", "signed under another name of this version"],
  unsigned: ["present", "a statement that nobody signed"],
  unsupported: ["present", "of a form that is not verified here"],
  "unexpected-identity": ["present", "signed by somebody else than the upstream's own repository"],
  "unknown-authority": ["present", "vouched for by an authority or log that is not among the trusted ones"],
  malformed: ["invalid", "not readable as what it claims to be"],
  "too-large": ["invalid", "larger than any such proof has to be"],
  "signature-mismatch": ["invalid", "the signature is not of this content"],
  "subject-mismatch": ["invalid", "a proof of another artifact"],
  "identity-mismatch": ["invalid", "the certificate names another identity than the publisher's"],
  "predicate-mismatch": ["invalid", "a statement of another kind than is published there"],
  "untrusted-certificate": ["invalid", "the certificate leads to no trusted root"],
  "certificate-log-missing": ["invalid", "the certificate was not logged where it must be"],
  "certificate-expired": ["invalid", "the certificate was not valid when the signature was made"],
  "timestamp-mismatch": ["invalid", "the timestamp is not of this signature, or of no trusted authority"],
  "no-timestamp": ["invalid", "nothing trusted says when the signature was made"],
  "log-mismatch": ["invalid", "the log entry is of another signature"],
  "log-proof": ["invalid", "the transparency log's proof of inclusion does not hold"],
  "bad-certificate": ["invalid", "the forge calls the certificate bad"],
  none: ["none", "nothing of the kind is published"],
  "not-reachable": ["unknown", "could not be asked"],
  "not-allowed": ["unknown", "the service does not give it out at the moment"],
  "not-answered": ["unknown", "the forge could not verify it at the moment"],
  "no-trust-root": ["unknown", "no usable trust root"],
} as const satisfies Record<string, readonly [EvidenceLevel, string]>;

/** The closed list of outcomes; each has one level (`levelOf`) and one sentence (`reasonText`). */
export type EvidenceReason = keyof typeof REASONS;

/**
 * Who signed, as far as the proof says. Of certificates: issuer and subject alternative name, and what Fulcio wrote
 * into them (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md). Of keys: `keyId` alone.
 */
export type SignerIdentity = {
  readonly issuer?: string;
  readonly subjectAlternativeName?: string;
  /** URL of the repository whose workflow signed, without `.git`: `https://github.com/owner/name`. */
  readonly repository?: string;
  /** Path inside the repository: `.github/workflows/release.yml`. */
  readonly workflow?: string;
  readonly ref?: string;
  readonly commit?: string;
  /** Deployment environment named by the registry's publisher entry. */
  readonly environment?: string;
  /** `github-hosted`, `self-hosted` … */
  readonly runner?: string;
  /** Fingerprint or key id in hex, upper case, or `SHA256:…` of an SSH or plain public key. */
  readonly keyId?: string;
};

/** One proof about one thing of a release, or its absence. Plain data: it is stored per content digest, for ever. */
export type SignatureEvidence = {
  readonly kind: EvidenceKind;
  readonly level: EvidenceLevel;
  readonly reason: EvidenceReason;
  /** What it is about: a file name, an image digest, a tag. */
  readonly subject: string;
  /** `<algorithm>:<hex>` of what was proven. */
  readonly subjectDigest?: string;
  /** The signed list of checksums that states the digest, where the file itself was not signed. */
  readonly listedIn?: string;
  readonly identity?: SignerIdentity;
  /** Of attestations: the predicate's type, a URI. */
  readonly predicateType?: string;
  /** When it was signed, by a trusted clock (log or timestamp authority); of OpenPGP by the signer's own. */
  readonly signedAt?: Instant;
  /** More words for diagnosis: hostile text is cut and cleaned before it comes here. */
  readonly detail?: string;
  readonly observedAt: Instant;
};

/** The proofs of one release. `level` etc. per proof; `strengthOf` for the whole. */
export type ReleaseEvidence = {
  readonly upstream: string;
  readonly version: string;
  readonly proofs: readonly SignatureEvidence[];
};

const LONGEST_DETAIL = 300;

/** Builds one proof: the level follows from the reason. A detail comes from strangers, so it is cut and cleaned. */
export function evidenceFor(
  kind: EvidenceKind,
  reason: EvidenceReason,
  { detail, ...rest }: Omit<SignatureEvidence, "kind" | "level" | "reason">,
): SignatureEvidence {
  const cleaned = detail?.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").slice(0, LONGEST_DETAIL);
  return { kind, level: levelOf(reason), reason, ...rest, ...(cleaned !== undefined && { detail: cleaned }) };
}

/** The level that a reason stands for. */
export function levelOf(reason: EvidenceReason): EvidenceLevel {
  return REASONS[reason][0];
}

/** What a reason means, to be read after a subject: "tool.tar.gz: the signature is not of this content". */
export function reasonText(reason: EvidenceReason): string {
  return REASONS[reason][1];
}

/**
 * 0..10 as signals P10 to P12 count: verified with the repository's identity 10, verified by a key 8, a signature that
 * was not verified 5, an unsigned statement 4, the forge's own 3, nothing 0. Undefined: unknown, invalid, or about the
 * name alone, which is no matter of more or less.
 */
export function strengthOf({ level, reason, identity }: SignatureEvidence): number | undefined {
  if (level === "unknown" || level === "invalid" || reason === "other-name") return undefined;
  if (level === "none") return 0;
  if (level === "verified") return identity?.repository === undefined ? 8 : 10;
  if (reason === "signed-by-forge") return 3;
  return reason === "unsigned" || reason === "unverified-signer" ? 4 : 5;
}

/** The strongest of a release's proofs; undefined when nothing is known of any. */
export function strongest(proofs: readonly SignatureEvidence[]): SignatureEvidence | undefined {
  return proofs
    .filter((proof) => strengthOf(proof) !== undefined)
    .reduce<SignatureEvidence | undefined>(
      (best, proof) => (best === undefined || (strengthOf(proof) ?? 0) > (strengthOf(best) ?? 0) ? proof : best),
      undefined,
    );
}

/**
 * What identifies a signer from release to release, to be kept in a set per upstream: repository and workflow of a
 * certificate, else issuer and name, else the key. Refs and commits differ with each release and are left out.
 */
export function signerKey(identity: SignerIdentity): string | undefined {
  const { repository, workflow, environment, issuer, subjectAlternativeName, keyId } = identity;
  if (repository !== undefined) return [repository, workflow, environment].filter(Boolean).join(" ");
  if (subjectAlternativeName !== undefined) return [issuer, subjectAlternativeName].filter(Boolean).join(" ");
  return keyId;
}

const FOREMOST: readonly EvidenceLevel[] = ["verified", "invalid", "present", "none", "unknown"];

/**
 * One proof per kind and subject. Anybody may add a proof that does not hold beside one that does, so a verified one
 * stands for the subject; without one, what is wrong is told before what is merely there.
 */
export function foremost(proofs: readonly SignatureEvidence[]): SignatureEvidence[] {
  const order = ({ level }: SignatureEvidence) => FOREMOST.indexOf(level);
  const groups = Map.groupBy(proofs, ({ kind, subject }) => `${kind} ${subject}`);
  return [...groups.values()].flatMap((group) => group.toSorted((a, b) => order(a) - order(b)).slice(0, 1));
}
