import { z } from "zod";
import { evidenceFor, type SignatureEvidence, type SignerIdentity } from "../../../domain/evidence.ts";
import type { Instant } from "../../../domain/instant.ts";
import type { Rejected } from "../outcome.ts";
import { attestationEvidence } from "./attestation.ts";
import type { BundleMaterials } from "./bundle.ts";
import type { Statement } from "./statement.ts";

/** The kinds of statement that PyPI takes (https://docs.pypi.org/attestations/). */
const PREDICATES = ["https://docs.pypi.org/attestations/publish/v1", "https://slsa.dev/provenance/v1"];
const MOST_ATTESTATIONS = 20;

const text = z.string().nullish();
const PUBLISHER = z.object({
  kind: z.string(),
  repository: text,
  workflow: text,
  workflow_filepath: text,
  environment: text,
  email: text,
});
type Publisher = z.infer<typeof PUBLISHER>;

const ATTESTATION = z.object({
  version: z.literal(1),
  verification_material: z.object({ certificate: z.string(), transparency_entries: z.array(z.unknown()) }),
  envelope: z.object({ statement: z.string(), signature: z.string() }),
});

const PROVENANCE = z.object({
  version: z.literal(1),
  attestation_bundles: z.array(z.object({ publisher: PUBLISHER, attestations: z.array(z.unknown()) })),
});

/** A file on the index, as its listing names it. */
export type IndexFile = { readonly name: string; readonly sha256: string };

/**
 * The evidence in a file's provenance object (PEP 740): one proof per attestation. The index says who published; each
 * certificate must say the same. The environment is the index's word alone: no certificate carries it.
 */
export function pep740Evidence(
  provenance: unknown,
  file: IndexFile,
  materials: BundleMaterials,
  observedAt: Instant,
): readonly SignatureEvidence[] {
  const about = { subject: file.name, subjectDigest: `sha256:${file.sha256}`, observedAt };
  const read = PROVENANCE.safeParse(provenance);
  if (!read.success) return [evidenceFor("pep740", "malformed", { ...about, detail: "not a provenance object" })];
  const attestations = read.data.attestation_bundles.flatMap((bundle) =>
    bundle.attestations.map((attestation) => ({ attestation, publisher: bundle.publisher })),
  );
  if (attestations.length === 0) return [evidenceFor("pep740", "none", about)];
  return attestations.slice(0, MOST_ATTESTATIONS).map(({ attestation, publisher }) => {
    const bundle = ATTESTATION.safeParse(attestation);
    if (!bundle.success) return evidenceFor("pep740", "malformed", { ...about, detail: "not an attestation object" });
    const proof = attestationEvidence(
      toBundle(bundle.data),
      {
        kind: "pep740",
        subject: file.name,
        digest: `sha256:${file.sha256}`,
        name: file.name,
        observedAt,
        refuse: (statement, identity) => refusal(statement, identity, publisher),
      },
      materials,
    );
    return withEnvironment(proof, publisher);
  });
}

/** PEP 740's attestation object holds the parts of a Sigstore bundle under other names. */
function toBundle({ verification_material, envelope }: z.infer<typeof ATTESTATION>): unknown {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: verification_material.certificate },
      tlogEntries: verification_material.transparency_entries,
    },
    dsseEnvelope: {
      payload: envelope.statement,
      payloadType: "application/vnd.in-toto+json",
      signatures: [{ sig: envelope.signature, keyid: "" }],
    },
  };
}

function refusal(statement: Statement, identity: SignerIdentity, publisher: Publisher): Rejected | undefined {
  if (!PREDICATES.includes(statement.predicateType)) {
    return { reason: "predicate-mismatch", detail: statement.predicateType };
  }
  const expected = expectedIdentity(publisher);
  if (expected === undefined) return { reason: "unsupported", detail: `publisher of the kind ${publisher.kind}` };
  const other = Object.entries(expected).find(
    ([claim, value]) => !same(identity[claim as keyof SignerIdentity], value),
  );
  if (other === undefined) return undefined;
  const [claim, value] = other;
  const found = identity[claim as keyof SignerIdentity] ?? "nothing";
  return { reason: "identity-mismatch", detail: `the index names ${value}, the certificate ${found}` };
}

/** What a certificate of this publisher says (https://docs.pypi.org/trusted-publishers/internals/). */
function expectedIdentity(publisher: Publisher): SignerIdentity | undefined {
  const { kind, repository, workflow, workflow_filepath, email } = publisher;
  if (kind === "GitHub" && repository && workflow) {
    return {
      issuer: "https://token.actions.githubusercontent.com",
      repository: `https://github.com/${repository}`,
      workflow: `.github/workflows/${workflow}`,
    };
  }
  if (kind === "GitLab" && repository && workflow_filepath) {
    return {
      issuer: "https://gitlab.com",
      repository: `https://gitlab.com/${repository}`,
      workflow: workflow_filepath,
    };
  }
  if (kind === "Google" && email) return { issuer: "https://accounts.google.com", subjectAlternativeName: email };
  return undefined;
}

function same(found: string | undefined, expected: string): boolean {
  return found?.toLowerCase() === expected.toLowerCase();
}

function withEnvironment(proof: SignatureEvidence, { environment }: Publisher): SignatureEvidence {
  if (!environment || proof.identity === undefined) return proof;
  return { ...proof, identity: { ...proof.identity, environment } };
}
