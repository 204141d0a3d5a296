import type { ObjectIdentifierValuePair, Signer } from "@sigstore/verify";
import type { SignerIdentity } from "../../../domain/evidence.ts";

/**
 * What Fulcio wrote into a certificate (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md), below
 * 1.3.6.1.4.1.57264.1. Since number 8 the values are DER strings, before they were bare text.
 */
const FULCIO = "1.3.6.1.4.1.57264.1.";
const SOURCE_REPOSITORY = 12;
const SOURCE_COMMIT = 13;
const SOURCE_REF = 14;
const RUNNER = 11;
const BUILD_CONFIG = 18;
const LEGACY_COMMIT = 3;
const LEGACY_REPOSITORY = 5;
const LEGACY_REF = 6;

/** The identity in a verified certificate, in the words of evidence. */
export function certificateIdentity(signer: Signer): SignerIdentity {
  const claims = claimsOf(signer.identity?.oids ?? []);
  const repository = claims.get(SOURCE_REPOSITORY) ?? legacyRepository(claims.get(LEGACY_REPOSITORY));
  const identity = {
    issuer: signer.identity?.extensions?.issuer,
    subjectAlternativeName: signer.identity?.subjectAlternativeName,
    repository: repository?.replace(/\.git$/, ""),
    workflow: workflowOf(claims.get(BUILD_CONFIG), repository),
    ref: claims.get(SOURCE_REF) ?? claims.get(LEGACY_REF),
    commit: claims.get(SOURCE_COMMIT) ?? claims.get(LEGACY_COMMIT),
    runner: claims.get(RUNNER),
  };
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined && value !== ""));
}

/** `https://github.com/o/r/.github/workflows/release.yml@refs/tags/v1` → `.github/workflows/release.yml`. */
function workflowOf(uri: string | undefined, repository: string | undefined): string | undefined {
  if (uri === undefined || repository === undefined || !uri.startsWith(`${repository}/`)) return undefined;
  return uri
    .slice(repository.length)
    .replace(/^\/+/, "")
    .replace(/@[^@]*$/, "");
}

function legacyRepository(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `https://github.com/${name}`;
}

function claimsOf(pairs: readonly ObjectIdentifierValuePair[]): Map<number, string> {
  return new Map(
    pairs.flatMap(({ oid, value }) => {
      const name = oid?.id.join(".") ?? "";
      if (!name.startsWith(FULCIO)) return [];
      const number = Number(name.slice(FULCIO.length));
      const text = number >= 8 ? readDerString(value) : new TextDecoder().decode(value);
      return text === undefined ? [] : [[number, text]];
    }),
  );
}

/** A DER UTF8String (X.690, 8.21), of up to 65,535 bytes. */
function readDerString(der: Uint8Array): string | undefined {
  const [tag, first = 0, second = 0, third = 0] = der;
  const header = first < 0x80 ? 2 : first === 0x81 ? 3 : first === 0x82 ? 4 : 0;
  const length = first < 0x80 ? first : first === 0x81 ? second : second * 256 + third;
  if (tag !== 0x0c || header === 0 || der.length !== header + length) return undefined;
  return new TextDecoder().decode(der.subarray(header));
}
