import { verify } from "node:crypto";
import { z } from "zod";
import { evidenceFor, type SignatureEvidence } from "../../../domain/evidence.ts";
import type { Instant } from "../../../domain/instant.ts";
import type { Rejected } from "../outcome.ts";
import { toKeyObject } from "../signatures/signing-key.ts";
import { attestationEvidence } from "./attestation.ts";
import type { BundleMaterials } from "./bundle.ts";
import type { Statement } from "./statement.ts";
import type { RegistryKey } from "./trust-roots.ts";

/** A version of a package, as its packument describes it. `integrity` is `sha512-<base64>`. */
export type NpmVersion = { readonly name: string; readonly version: string; readonly integrity: string };

const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const PROVENANCE = ["https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2"];
const MOST_ATTESTATIONS = 10;

const ANSWER = z.object({ attestations: z.array(z.object({ predicateType: z.string(), bundle: z.unknown() })) });

/**
 * The evidence in what the attestations endpoint answers (https://docs.npmjs.com/generating-provenance-statements): the
 * registry's publish attestation, signed with its key (`npm-signature`), and the provenance of the build, signed by a
 * workflow (`npm-provenance`).
 */
export function npmAttestationEvidence(
  answer: unknown,
  version: NpmVersion,
  materials: BundleMaterials,
  observedAt: Instant,
): readonly SignatureEvidence[] {
  const subject = `${version.name}@${version.version}`;
  const digest = toDigest(version.integrity);
  const read = ANSWER.safeParse(answer);
  if (!read.success || digest === undefined) {
    const detail = digest === undefined ? "the registry states no sha512 of the package" : "not a list of attestations";
    return [evidenceFor("npm-provenance", "malformed", { subject, observedAt, detail })];
  }
  if (read.data.attestations.length === 0) return [evidenceFor("npm-provenance", "none", { subject, observedAt })];
  return read.data.attestations.slice(0, MOST_ATTESTATIONS).map(({ predicateType, bundle }) => {
    const kind = predicateType === PUBLISH ? "npm-signature" : "npm-provenance";
    const refuse = (statement: Statement): Rejected | undefined =>
      statement.predicateType === predicateType && [PUBLISH, ...PROVENANCE].includes(predicateType)
        ? undefined
        : { reason: "predicate-mismatch", detail: statement.predicateType };
    const keyOf = (hint: string) => keyFor(materials.roots.npmKeys, "npm:attestations", hint);
    return attestationEvidence(
      bundle,
      { kind, subject, digest, name: purlOf(version), observedAt, refuse },
      kind === "npm-signature" ? { ...materials, keyOf } : materials,
    );
  });
}

/** A signature in `dist.signatures`: ECDSA over `name@version:integrity` (https://docs.npmjs.com/about-registry-signatures). */
export function npmSignatureEvidence(
  signature: { readonly keyid: string; readonly sig: string },
  { name, version, integrity }: NpmVersion,
  keys: readonly RegistryKey[],
  observedAt: Instant,
): SignatureEvidence {
  const about = { subject: `${name}@${version}`, observedAt, identity: { keyId: signature.keyid } };
  const key = keyFor(keys, "npm:signatures", signature.keyid);
  if (key === undefined) return evidenceFor("npm-signature", "unknown-key", about);
  const content = Buffer.from(`${name}@${version}:${integrity}`);
  const fits = verify("sha256", content, toKeyObject(key), Buffer.from(signature.sig, "base64"));
  const digest = toDigest(integrity);
  return evidenceFor("npm-signature", fits ? "verified" : "signature-mismatch", {
    ...about,
    ...(digest !== undefined && { subjectDigest: digest }),
  });
}

function keyFor(keys: readonly RegistryKey[], usage: RegistryKey["usage"], keyId: string) {
  return keys.find((key) => key.usage === usage && key.keyId === keyId);
}

/** `sha512-<base64>` → `sha512:<hex>`. */
function toDigest(integrity: string): string | undefined {
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?:\s|$)/.exec(integrity)?.[1];
  return base64 === undefined ? undefined : `sha512:${Buffer.from(base64, "base64").toString("hex")}`;
}

/** npm's own spelling, which encodes the `@` of a scope: `pkg:npm/%40scope/name@1.0.0`. */
function purlOf({ name, version }: NpmVersion): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}
