import { z } from "zod";
import { type EvidenceKind, type EvidenceReason, evidenceFor, type SignerIdentity } from "../domain/evidence.ts";
import { DAY, type Instant, plus, toInstant } from "../domain/instant.ts";
import { own } from "../domain/own.ts";
import type { ReleaseFacts } from "../domain/release-facts.ts";

/** Any date that `toInstant` reads. */
export const when = z.union([z.string(), z.number()]).transform((text, context) => {
  const instant = toInstant(text);
  if (instant !== undefined) return instant;
  context.addIssue({ code: "custom", message: `"${text}" is no date such as 2026-03-14T09:00:00Z` });
  return z.NEVER;
});

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
  key: z.string().optional(),
  signer: z.string().optional(),
  repository: z.string().optional(),
  workflow: z.string().optional(),
  environment: z.string().optional(),
  ref: z.string().optional(),
};

/** `"VALID"`, `true`, or an object with the state and who signed. */
const fullSignature = z.strictObject({
  state: state.default("verified"),
  byForge: z.boolean().optional(),
  ...identity,
});
const signature = z.union([state.transform((reason) => ({ state: reason })), fullSignature]);
type FullSignature = z.output<typeof fullSignature>;
type Signature = Pick<FullSignature, "state"> | FullSignature;

const dependency = z.union([
  z.string().transform((name) => ({ name })),
  z.strictObject({ name: z.string(), since: when.optional(), ageDays: z.number().min(0).optional() }),
]);

const installCode = z
  .strictObject({
    startupFiles: z.array(z.string()).optional(),
    pth: z.array(z.string()).optional(),
    scripts: z.array(z.string()).optional(),
    buildBackend: z.string().optional(),
    setup: z.string().optional(),
  })
  .transform(({ pth, startupFiles, ...rest }) => {
    const files = startupFiles ?? pth;
    return { ...rest, ...(files !== undefined && { startupFiles: files }) };
  });

/** Facts of one release as a record of an incident holds them. Every one may be missing. */
export const FACTS = {
  /** Of the tag or its commit, as the forge reports it. */
  signature: signature.optional(),
  /** Of the release's files: OpenPGP, minisign. */
  fileSignature: signature.optional(),
  /** Attestation of the registry or the forge: PEP 740, npm provenance, artifact attestations. */
  provenance: signature.optional(),
  imageSignature: signature.optional(),
  publisher: z
    .union([
      z.string().transform((repository) => ({ repository })),
      z.strictObject({
        repository: z.string().optional(),
        workflow: z.string().optional(),
        environment: z.string().optional(),
        ref: z.string().optional(),
      }),
    ])
    .optional(),
  account: z.string().optional(),
  onBranch: z.boolean().optional(),
  /** Whether the source repository has a tag for it. */
  tagExists: z.boolean().optional(),
  origin: z
    .strictObject({
      repository: z.string().optional(),
      tag: z.boolean().optional(),
      release: z.boolean().optional(),
      run: z.boolean().optional(),
    })
    .optional(),
  otherDigests: z.record(z.string(), z.string()).optional(),
  fileTimes: z.record(z.string(), when).optional(),
  dependencies: z.array(dependency).optional(),
  installCode: installCode.optional(),
  checksums: z
    .union([
      z.enum(["match", "none"]).transform((word) => ({ published: word === "match", mismatches: [] })),
      z.strictObject({ published: z.boolean().default(true), mismatches: z.array(z.string()).default([]) }),
    ])
    .optional(),
  repository: z
    .strictObject({
      id: z.coerce.string().optional(),
      ownerId: z.coerce.string().optional(),
      name: z.string().optional(),
      archived: z.boolean().optional(),
    })
    .optional(),
} as const;

const factsShape = z.object(FACTS);
export type WrittenFacts = z.output<typeof factsShape>;

/** Written facts as the checks know them. `at`: when they were observed. */
export function toFacts(written: WrittenFacts, purl: string, at: Instant): ReleaseFacts {
  const proofs = [
    proofOf("git-signature", written.signature, at),
    proofOf("openpgp", written.fileSignature, at),
    proofOf(provenanceKind(purl), written.provenance, at),
    proofOf("cosign", written.imageSignature, at),
  ].filter((proof) => proof !== undefined);
  const { tagExists, origin, dependencies = [] } = written;
  const since = dependencies.flatMap((one): [string, Instant][] => {
    const born = sinceOf(one, at);
    return born === undefined ? [] : [[one.name, born]];
  });
  const facts = {
    ...(proofs.length > 0 && { proofs }),
    publisher: written.publisher,
    account: written.account,
    onBranch: written.onBranch,
    origin: tagExists === undefined ? origin : { ...origin, tag: tagExists },
    otherDigests: written.otherDigests,
    fileTimes: written.fileTimes,
    dependencies: written.dependencies?.map(({ name }) => name),
    ...(since.length > 0 && { dependencySince: Object.fromEntries(since) }),
    installCode: written.installCode,
    checksums: written.checksums,
    repository: written.repository,
  };
  return withoutUndefined(facts) as ReleaseFacts;
}

function sinceOf(one: z.output<typeof dependency>, at: Instant): Instant | undefined {
  if (!("since" in one) && !("ageDays" in one)) return undefined;
  return one.since ?? (one.ageDays === undefined ? undefined : plus(at, -one.ageDays * DAY));
}

function proofOf(kind: EvidenceKind, written: Signature | undefined, at: Instant) {
  if (written === undefined || written.state === "unknown") return undefined;
  const { key, signer, repository, workflow, environment, ref, byForge }: Partial<FullSignature> = written;
  const reason = byForge === true && written.state === "verified" ? "signed-by-forge" : written.state;
  const named = {
    keyId: key ?? (kind === "git-signature" ? signer : undefined),
    subjectAlternativeName: signer,
    repository,
    workflow,
    environment,
    ref,
  };
  const identity = withoutUndefined(named) as SignerIdentity;
  const known = Object.keys(identity).length > 0;
  return evidenceFor(kind, reason, { subject: "release", observedAt: at, ...(known && { identity }) });
}

function provenanceKind(purl: string): EvidenceKind {
  if (purl.startsWith("pkg:pypi/")) return "pep740";
  return purl.startsWith("pkg:npm/") ? "npm-provenance" : "github-attestation";
}

/** The domain's types say "absent", never "undefined": at any depth. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(known.map(([key, part]) => [key, withoutUndefined(part)]));
}
