import {
  type EvidenceKind,
  type EvidenceReason,
  evidenceFor,
  type SignatureEvidence,
  type SignerIdentity,
} from "../../../domain/evidence.ts";
import type { Instant } from "../../../domain/instant.ts";
import { isFailure } from "../../failure.ts";
import type { Rejected } from "../outcome.ts";
import { type BundleMaterials, verifyBundle } from "./bundle.ts";
import { readStatement, type Statement, subjectOf } from "./statement.ts";

/** What an attestation must be about, and by whom. */
export type Expectation = {
  readonly kind: EvidenceKind;
  /** What is shown: a file name, an image. */
  readonly subject: string;
  /** `sha256:<hex>`: one of the statement's subjects must have it. */
  readonly digest: string;
  /** That subject's name, where the format fixes it. */
  readonly name?: string;
  /** What must hold besides: of the statement (`predicate-mismatch` …) and of who signed it (`identity-mismatch`). */
  readonly refuse?: (statement: Statement, identity: SignerIdentity) => Rejected | undefined;
  readonly observedAt: Instant;
};

/**
 * The evidence in one attestation: its bundle verified, its statement about exactly this artifact, its signer the
 * expected one. The identity of a rejected one is told too where the signature itself held.
 */
export function attestationEvidence(
  bundle: unknown,
  expectation: Expectation,
  materials: BundleMaterials,
): SignatureEvidence {
  const { kind, subject, digest, observedAt } = expectation;
  const about = { subject, subjectDigest: digest, observedAt };
  const outcome = verifyBundle(bundle, materials);
  if (outcome.reason !== "verified") return evidenceFor(kind, outcome.reason, { ...about, detail: outcome.detail });
  const { identity, signedAt, payload } = outcome;
  const who = { ...about, identity, ...(signedAt !== undefined && { signedAt }) };
  const reject = (reason: EvidenceReason, detail: string, predicateType?: string) =>
    evidenceFor(kind, reason, { ...who, detail, ...(predicateType !== undefined && { predicateType }) });
  if (payload === undefined) return reject("predicate-mismatch", "the bundle signs a file and holds no statement");
  const statement = readStatement(payload);
  if (isFailure(statement)) return reject("malformed", statement.message);
  const { predicateType } = statement;
  if (subjectOf(statement, digest, expectation.name) === undefined) {
    return reject("subject-mismatch", `it is about ${describe(statement)}`, predicateType);
  }
  const refused = expectation.refuse?.(statement, identity);
  if (refused !== undefined) return reject(refused.reason, refused.detail, predicateType);
  return evidenceFor(kind, "verified", { ...who, predicateType });
}

/** Whose word a certificate of a GitHub workflow is; an enterprise may have a path of its own below it. */
const GITHUB_ISSUER = /^https:\/\/token\.actions\.githubusercontent\.com(?:\/[\w-]+)?$/;

/**
 * Refuses every signer but workflows of this repository, as GitHub itself says. Forges compare names without case. What
 * is not on github.com has an issuer of its own, which its certificates' root answers for.
 */
export function refuseOtherRepository(repository: string, identity: SignerIdentity): Rejected | undefined {
  if (repository.startsWith("https://github.com/") && !GITHUB_ISSUER.test(identity.issuer ?? "")) {
    return { reason: "identity-mismatch", detail: `issued for ${identity.issuer}` };
  }
  if (identity.repository?.toLowerCase() === repository.toLowerCase()) return undefined;
  const signer = identity.repository ?? identity.subjectAlternativeName ?? "nobody";
  return { reason: "identity-mismatch", detail: `signed by ${signer}, expected ${repository}` };
}

function describe({ subjects }: Statement): string {
  const [first] = subjects;
  const digest = Object.entries(first?.digest ?? {})[0]?.join(":");
  const more = subjects.length > 1 ? ` and ${subjects.length - 1} more` : "";
  return `${[first?.name, digest].filter(Boolean).join(" ")}${more}`;
}
