import { describe, expect, it } from "vitest";
import {
  clearsignedChecksums,
  isChecksumFile,
  isSignatureFile,
  signaturePairs,
} from "../../../../src/lib/verify/signatures/signature-files.ts";

const assets = (...names: string[]) => names.map((name) => ({ name }));

describe("signature files", () => {
  it("are paired with what they sign, those of checksum files first", () => {
    const pairs = signaturePairs(
      assets("tool.zip", "tool.zip.asc", "tool.zip.minisig", "SHA256SUMS", "SHA256SUMS.sigstore.json", "lonely.sig"),
    );
    expect(pairs.map(({ signed, signature, form }) => [signed.name, signature.name, form])).toEqual([
      ["SHA256SUMS", "SHA256SUMS.sigstore.json", "sigstore"],
      ["tool.zip", "tool.zip.asc", "openpgp"],
      ["tool.zip", "tool.zip.minisig", "minisign"],
    ]);
  });

  it("may be a clearsigned list of checksums that stands alone", () => {
    expect(clearsignedChecksums(assets("SHA256SUMS.asc", "tool.zip.asc")).map(({ name }) => name)).toEqual([
      "SHA256SUMS.asc",
    ]);
    expect(clearsignedChecksums(assets("SHA256SUMS", "SHA256SUMS.asc"))).toEqual([]);
  });

  it.each([
    ["SHA256SUMS", true],
    ["tool_1.2.0_checksums.txt", true],
    ["tool-1.2.0.sha256", true],
    ["checksums.txt.asc", false],
    ["tool.tar.gz", false],
    ["checksummer.tar.gz", false],
  ])("%s is a checksum file: %s", (name, expected) => {
    expect(isChecksumFile(name)).toBe(expected);
  });

  it.each([
    ["tool.tar.gz.asc", true],
    ["tool.intoto.jsonl", true],
    ["tool.pem", true],
    ["SHA256SUMS", true],
    ["tool.tar.gz", false],
    ["signal-desktop.deb", false],
  ])("%s only proves others: %s", (name, expected) => {
    expect(isSignatureFile(name)).toBe(expected);
  });
});
