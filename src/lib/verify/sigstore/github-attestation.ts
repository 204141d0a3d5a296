import { z } from "zod";
import { evidenceFor, type SignatureEvidence } from "../../../domain/evidence.ts";
import type { Instant } from "../../../domain/instant.ts";
import type { Rejected } from "../outcome.ts";
import { attestationEvidence, refuseOtherRepository } from "./attestation.ts";
import type { BundleMaterials } from "./bundle.ts";
import type { Statement } from "./statement.ts";

/** What an attestation of GitHub must be about. `digest`: `sha256:…` of a file, or `sha1:…` of a tag's object. */
export type GitHubSubject = {
  readonly owner: string;
  readonly name: string;
  /** The host's web address without a trailing slash: `https://github.com`. */
  readonly web: string;
  readonly subject: string;
  readonly digest: string;
  readonly tag?: string;
};

/** Who signs for immutable releases, and the kind of statement (https://docs.github.com/en/code-security/concepts/supply-chain-security/immutable-releases). */
const RELEASE_SIGNER = "https://dotcom.releases.github.com";
const RELEASE_PREDICATE = "https://in-toto.io/attestation/release/";
const RELEASE = z.object({ repository: z.string(), tag: z.string() });

/**
 * The evidence in one bundle of the attestations API. Signed by a workflow of this repository it is about a build; signed
 * by GitHub's release service it is about the immutable release.
 */
export function gitHubAttestationEvidence(
  bundle: unknown,
  subject: GitHubSubject,
  materials: BundleMaterials,
  observedAt: Instant,
): SignatureEvidence {
  const repository = `${subject.web}/${subject.owner}/${subject.name}`;
  const proof = attestationEvidence(
    bundle,
    {
      kind: "github-attestation",
      subject: subject.subject,
      digest: subject.digest,
      observedAt,
      refuse: (statement, identity) =>
        identity.subjectAlternativeName === RELEASE_SIGNER || isRelease(statement.predicateType)
          ? refuseOtherRelease(statement, identity.subjectAlternativeName, subject)
          : refuseOtherRepository(repository, identity),
    },
    materials,
  );
  const { kind: _kind, level: _level, reason, ...rest } = proof;
  return isRelease(proof.predicateType) ? evidenceFor("github-release", reason, rest) : proof;
}

function isRelease(predicateType: string | undefined): boolean {
  return predicateType?.startsWith(RELEASE_PREDICATE) === true;
}

function refuseOtherRelease(
  { predicateType, predicate }: Statement,
  signer: string | undefined,
  { owner, name, tag }: GitHubSubject,
): Rejected | undefined {
  if (!isRelease(predicateType)) return { reason: "predicate-mismatch", detail: predicateType };
  if (signer !== RELEASE_SIGNER) return { reason: "identity-mismatch", detail: `signed by ${signer}` };
  const release = RELEASE.safeParse(predicate).data;
  const same =
    release?.repository.toLowerCase() === `${owner}/${name}`.toLowerCase() &&
    (tag === undefined || release.tag === tag);
  return same ? undefined : { reason: "subject-mismatch", detail: `of ${release?.repository} ${release?.tag}` };
}
