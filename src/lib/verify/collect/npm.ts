import { z } from "zod";
import type { SignatureEvidence } from "../../../domain/evidence.ts";
import type { Release } from "../../../domain/release.ts";
import { parsePurl } from "../../../domain/upstream.ts";
import { Failure, isFailure } from "../../failure.ts";
import { failureOfStatus, readJson } from "../../http/status.ts";
import { privateIndexOf } from "../../http/urls.ts";
import { parseJson } from "../../json.ts";
import { type NpmVersion, npmAttestationEvidence, npmSignatureEvidence } from "../sigstore/npm-provenance.ts";
import { absent, type EvidenceContext, unasked } from "./evidence-context.ts";

const MAX_BYTES = 8 * 1024 * 1024;
const MOST_SIGNATURES = 5;

const MANIFEST = z.object({
  dist: z.object({
    integrity: z.string().optional(),
    signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).optional(),
    attestations: z.object({ url: z.string() }).optional(),
  }),
});

/**
 * Asks the registry for the signatures of a version and for its attestations: two requests, the second only where the
 * first names them. A mirror that passes on neither says nothing about the version.
 */
export async function collectNpm(release: Release, context: EvidenceContext): Promise<SignatureEvidence[]> {
  const { fetcher, urls, roots, now } = context;
  const name = packageOf(release.upstream);
  const subject = `${name}@${release.version}`;
  const own = parsePurl(release.upstream)?.qualifiers.repository_url ?? privateIndexOf(name, urls.npm.private);
  const registry = (own ?? urls.npm.url).replace(/(?<!\/)\/+$/, "");
  if (registry === "") return [];
  const encoded = encodeURIComponent(name).replace(/^%40/, "@");
  const answer = await fetcher.fetch({ url: `${registry}/${encoded}/${release.version}`, maxBytes: MAX_BYTES });
  if (isFailure(answer)) return both(subject, answer, context);
  if (answer.status !== 200) return both(subject, failureOfStatus(answer, subject), context);
  const manifest = readJson(answer, MANIFEST);
  if (isFailure(manifest)) return both(subject, manifest, context);
  const { integrity = "", signatures = [], attestations } = manifest.dist;
  if (signatures.length === 0 && attestations === undefined) {
    return both(
      subject,
      new Failure("not-checked", "this registry passes on neither signatures nor attestations"),
      context,
    );
  }
  const version = { name, version: release.version, integrity };
  const signed = signatures
    .slice(0, MOST_SIGNATURES)
    .map((signature) => npmSignatureEvidence(signature, version, roots.npmKeys, now));
  if (attestations === undefined) return [...signed, absent("npm-provenance", subject, undefined, now)];
  return [...signed, ...(await collectAttestations(registry, version, context))];
}

/** The endpoint is built, not taken from the answer: a manifest sends us nowhere. */
async function collectAttestations(
  registry: string,
  version: NpmVersion,
  { fetcher, roots, now }: EvidenceContext,
): Promise<readonly SignatureEvidence[]> {
  const subject = `${version.name}@${version.version}`;
  const url = `${registry}/-/npm/v1/attestations/${encodeURIComponent(version.name).replace(/^%40/, "@")}@${version.version}`;
  const answer = await fetcher.fetch({ url, maxBytes: MAX_BYTES });
  if (isFailure(answer)) return [unasked("npm-provenance", subject, answer, now)];
  if (answer.status === 404) return [absent("npm-provenance", subject, undefined, now)];
  if (answer.status !== 200) {
    return [unasked("npm-provenance", subject, failureOfStatus(answer, `the attestations of ${subject}`), now)];
  }
  const proofs = npmAttestationEvidence(parseJson(answer.body), version, { roots }, now);
  const built = proofs.some(({ kind }) => kind === "npm-provenance");
  return built ? proofs : [...proofs, absent("npm-provenance", subject, undefined, now)];
}

function both(subject: string, failure: Failure, { now }: EvidenceContext): SignatureEvidence[] {
  return (["npm-provenance", "npm-signature"] as const).map((kind) => unasked(kind, subject, failure, now));
}

function packageOf(purl: string): string {
  const { namespace = "", name = "" } = parsePurl(purl) ?? {};
  return namespace === "" ? name : `${namespace}/${name}`;
}
