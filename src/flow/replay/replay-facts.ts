import { z } from "zod";
import { type EvidenceKind, type EvidenceReason, evidenceFor, type SignerIdentity } from "../../domain/evidence.ts";
import { DAY, type Instant, plus, toInstant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { normaliseProject } from "../../lib/packages/pypi-filename.ts";

/** Any date that services write. One without a zone is UTC, as PyPI's are; a number is in seconds or milliseconds. */
export const when = z.union([z.string(), z.number()]).transform((text, context) => {
  const instant = toInstant(withZone(text));
  if (instant !== undefined) return instant;
  context.addIssue({ code: "custom", message: `"${text}" is no date such as 2026-03-14T09:00:00Z` });
  return z.NEVER;
});

const LATEST_SECONDS = 1e11;

function withZone(text: string | number): string | number {
  if (typeof text === "number") return text < LATEST_SECONDS ? text * 1000 : text;
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text.trim()) ?? [];
  return day === undefined ? text : `${day}T${time}Z`;
}

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

const text = z
  .string()
  .transform((word) => (word.trim() === "" ? undefined : word.trim()))
  .optional();
/** A person as GitHub writes one, or just the name. */
export const person = z.union([
  z.string(),
  z.looseObject({ login: z.string() }).transform(({ login }) => login),
  z.looseObject({ name: z.string() }).transform(({ name }) => name),
]);

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
const signature = z.union([state.transform((reason) => ({ state: reason })), fullSignature]);
type FullSignature = z.output<typeof fullSignature>;
type Signature = Pick<FullSignature, "state"> | FullSignature;

/** As PyPI's provenance names a publisher; a Google account has a mail address instead of a repository. */
const publisher = z
  .union([
    z.literal(false).transform(() => ({ none: true as const })),
    z.string().transform((repository) => (/^none$/i.test(repository) ? { none: true as const } : { repository })),
    z.strictObject({
      kind: text,
      repository: text,
      workflow: text,
      workflow_filename: text,
      workflow_filepath: text,
      environment: text,
      ref: text,
      email: text,
      sub: z.unknown().optional(),
      claims: z.unknown().optional(),
    }),
  ])
  .transform((written) => {
    if ("none" in written || !("kind" in written)) return written;
    const { kind: _, repository, email, workflow, workflow_filename, workflow_filepath, environment, ref } = written;
    return {
      repository: repository ?? email,
      workflow: workflow ?? workflow_filename ?? workflow_filepath,
      environment: environment === "*" ? undefined : environment,
      ref,
    };
  });

/** A name, or a requirement as a package's metadata writes it (PEP 508). */
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
  publisher: publisher.optional(),
  account: person.optional(),
  /** Who made the release on its forge: the same, in GitHub's word. */
  author: person.optional(),
  maintainers: z.array(person).optional(),
  mailDomains: z.record(z.string(), when).optional(),
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
  dependencies: z
    .union([
      z.array(dependency),
      z.record(z.string(), z.unknown()).transform((all) => Object.keys(all).map((name) => ({ name }))),
    ])
    .optional(),
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
  const { tagExists, origin, publisher: by, account, author } = written;
  const named = by !== undefined && !("none" in by) ? by : undefined;
  const proofs = [
    proofOf("git-signature", written.signature, at),
    proofOf("openpgp", written.fileSignature, at),
    proofOf(provenanceKind(purl), written.provenance ?? attestedBy(purl, by), at),
    proofOf("cosign", written.imageSignature, at),
  ].filter((proof) => proof !== undefined);
  const dependencies = written.dependencies?.flatMap((one) => nameOf(one, purl));
  const since = (dependencies ?? []).flatMap((one): [string, Instant][] => {
    const born = sinceOf(one, at);
    return born === undefined ? [] : [[one.name, born]];
  });
  const facts = {
    ...(proofs.length > 0 && { proofs }),
    publisher: named,
    account: account ?? author,
    maintainers: written.maintainers,
    mailDomains: written.mailDomains,
    onBranch: written.onBranch,
    origin: tagExists === undefined ? origin : { ...origin, tag: tagExists },
    otherDigests: written.otherDigests,
    fileTimes: written.fileTimes,
    dependencies: dependencies?.map(({ name }) => name),
    ...(since.length > 0 && { dependencySince: Object.fromEntries(since) }),
    installCode: written.installCode,
    checksums: written.checksums,
    repository: written.repository,
  };
  return withoutUndefined(facts) as ReleaseFacts;
}

/** On registries only a trusted publisher has a repository and a workflow: naming one says that there are attestations. */
function attestedBy(purl: string, by: WrittenFacts["publisher"]): Signature | undefined {
  if (by === undefined || !/^pkg:(?:pypi|npm)\//.test(purl)) return undefined;
  if ("none" in by) return { state: "none" };
  return {
    state: "verified",
    byForge: false,
    key: undefined,
    signer: undefined,
    workflow: undefined,
    environment: undefined,
    ref: undefined,
    ...by,
  };
}

type WrittenDependency = z.output<typeof dependency>;

/** `requests (>=2.0) ; python_version < "3"` is `requests`. */
function nameOf(one: WrittenDependency, purl: string): WrittenDependency[] {
  if (!purl.startsWith("pkg:pypi/")) return [one];
  if (/\bextra\s*==/.test(one.name.split(";").slice(1).join(";"))) return [];
  const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(one.name.trim())?.[0] ?? one.name;
  return [{ ...one, name: normaliseProject(name) }];
}

function sinceOf(one: WrittenDependency, at: Instant): Instant | undefined {
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
