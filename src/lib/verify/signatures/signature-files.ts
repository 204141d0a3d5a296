import type { Asset } from "../../../domain/release.ts";

/** What a file beside a release's files is, by its name alone. */
type SignatureForm = "openpgp" | "minisign" | "sigstore";

/** A signature file and the file that it signs. */
export type SignaturePair = { readonly signed: Asset; readonly signature: Asset; readonly form: SignatureForm };

const FORMS: readonly (readonly [RegExp, SignatureForm])[] = [
  [/\.minisig$/i, "minisign"],
  [/\.(?:sigstore|sigstore\.json|bundle|cosign\.bundle)$/i, "sigstore"],
  [/\.(?:asc|sig|gpg|sign)$/i, "openpgp"],
];
/** Files that only prove others: statements, certificates, lists of checksums of one file. */
const BESIDES =
  /\.(?:intoto\.jsonl|pem|crt|cert|att|attestation|provenance|spdx\.json|cdx\.json|sbom|sbom\.json|sha256|sha512|sha256sum|sha512sum)$/i;
const CHECKSUMS = /(?:^|[._-])(?:sha(?:256|384|512)(?:sums?)?|checksums?)(?:[._-]|$)/i;

/** True for files that are there to prove others. */
export function isSignatureFile(name: string): boolean {
  return BESIDES.test(name) || isChecksumFile(name) || FORMS.some(([pattern]) => pattern.test(name));
}

/** True for `SHA256SUMS`, `tool_1.2.0_checksums.txt`, `tool.tar.gz.sha256`; false for their signatures. */
export function isChecksumFile(name: string): boolean {
  return CHECKSUMS.test(name) && !FORMS.some(([pattern]) => pattern.test(name));
}

/**
 * Signature files with what they sign: the name without the last ending. Those of checksum files come first, since one
 * of them proves all files. Clearsigned checksum files (`SHA256SUMS.asc` alone) have no partner and are not here.
 */
export function signaturePairs(assets: readonly Asset[]): SignaturePair[] {
  const byName = new Map(assets.map((asset) => [asset.name, asset]));
  const pairs = assets.flatMap((signature): SignaturePair[] => {
    const [pattern, form] = FORMS.find(([one]) => one.test(signature.name)) ?? [];
    const signed = pattern === undefined ? undefined : byName.get(signature.name.replace(pattern, ""));
    return signed === undefined || form === undefined ? [] : [{ signed, signature, form }];
  });
  const rank = ({ signed }: SignaturePair) => (isChecksumFile(signed.name) ? 0 : 1);
  return pairs.toSorted((a, b) => rank(a) - rank(b) || (a.signature.name < b.signature.name ? -1 : 1));
}

/** Clearsigned lists of checksums: `SHA256SUMS.asc` with no `SHA256SUMS` beside it. */
export function clearsignedChecksums(assets: readonly Asset[]): Asset[] {
  const names = new Set(assets.map(({ name }) => name));
  return assets.filter(({ name }) => {
    const plain = name.replace(/\.(?:asc|gpg|sign)$/i, "");
    return plain !== name && isChecksumFile(plain) && !names.has(plain);
  });
}
