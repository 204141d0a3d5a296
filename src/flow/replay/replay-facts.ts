import { type EvidenceKind, evidenceFor, type SignerIdentity } from "../../domain/evidence.ts";
import { DAY, type Instant, plus } from "../../domain/instant.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { normaliseProject } from "../../lib/packages/pypi-filename.ts";
import type { WrittenDependency, WrittenFacts } from "./written-facts.ts";
import type { FullSignature, Signature } from "./written-signature.ts";

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
