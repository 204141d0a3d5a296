import type { SignatureEvidence } from "./evidence.ts";

/**
 * A checksum that a change writes, and who says so: `signed`: a list of checksums whose signature was verified (`proof`);
 * `published`: the host or registry of the file; `computed`: the file as it was downloaded.
 */
export type NewChecksum = {
  readonly file: string;
  readonly algorithm: string;
  readonly hex: string;
  readonly from: "signed" | "published" | "computed";
  readonly proof?: SignatureEvidence;
};

/** Where a checksum comes from, in words: `SHA256SUMS, signature by key 0A1B… verified`. */
export function checksumSource({ from, proof }: Pick<NewChecksum, "from" | "proof">): string {
  if (from === "computed") return "computed from the file as it is now: nobody states it";
  if (from === "published" || proof === undefined) return "stated by the host of the file";
  return `${proof.listedIn ?? "a signed list"}, signature ${signer(proof)} verified`;
}

function signer({ identity: { repository, workflow, keyId, subjectAlternativeName } = {} }: SignatureEvidence): string {
  if (repository !== undefined) return `by ${workflow ?? "a workflow"} of ${repository}`;
  if (keyId !== undefined) return `by key ${keyId}`;
  return subjectAlternativeName === undefined ? "by a pinned key" : `by ${subjectAlternativeName}`;
}
