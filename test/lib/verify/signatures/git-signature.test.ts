import { describe, expect, it } from "vitest";
import type { EvidenceLevel, EvidenceReason } from "../../../../src/domain/evidence.ts";
import { gitSignatureEvidence } from "../../../../src/lib/verify/signatures/git-signature.ts";
import { NOW } from "../../../support/build.ts";

const about = { subject: "v1.2.0", commit: "c".repeat(40) };

describe("the forge's word about a signature", () => {
  it.each<[string, boolean, EvidenceLevel, EvidenceReason]>([
    ["VALID", false, "verified", "verified"],
    ["VALID", true, "present", "signed-by-forge"],
    ["valid", false, "verified", "verified"],
    ["UNSIGNED", false, "none", "none"],
    ["unsigned", false, "none", "none"],
    ["INVALID", false, "invalid", "signature-mismatch"],
    ["MALFORMED_SIG", false, "invalid", "malformed"],
    ["malformed_signature", false, "invalid", "malformed"],
    ["BAD_CERT", false, "invalid", "bad-certificate"],
    ["UNKNOWN_KEY", false, "present", "unverified-signer"],
    ["BAD_EMAIL", false, "present", "unverified-signer"],
    ["NO_USER", false, "present", "unverified-signer"],
    ["NOT_SIGNING_KEY", false, "present", "unverified-signer"],
    ["UNKNOWN_SIG_TYPE", false, "present", "unsupported"],
    ["EXPIRED_KEY", false, "present", "key-expired"],
    ["OCSP_REVOKED", false, "present", "key-revoked"],
    ["GPGVERIFY_UNAVAILABLE", false, "unknown", "not-answered"],
    ["OCSP_PENDING", false, "unknown", "not-answered"],
    ["SOMETHING_NEW", false, "present", "unverified-signer"],
  ])("%s (by the forge: %s) is %s: %s", (state, byForge, level, reason) => {
    expect(gitSignatureEvidence({ state, byForge }, about, NOW)).toMatchObject({
      kind: "git-signature",
      level,
      reason,
    });
  });

  it("that there is none is no accusation", () => {
    expect(gitSignatureEvidence(undefined, about, NOW)).toMatchObject({ level: "none", subject: "v1.2.0" });
  });

  it("names the key of a person, and not that of the forge", () => {
    const signature = { state: "VALID", keyId: "4AEE18F83AFDEB23", signer: "octocat" };
    expect(gitSignatureEvidence({ ...signature, byForge: false }, about, NOW)).toMatchObject({
      identity: { keyId: "4AEE18F83AFDEB23", subjectAlternativeName: "octocat" },
      subjectDigest: `sha1:${about.commit}`,
    });
    expect(gitSignatureEvidence({ ...signature, byForge: true }, about, NOW).identity).toBeUndefined();
  });
});
