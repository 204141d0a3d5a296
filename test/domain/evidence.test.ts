import { describe, expect, it } from "vitest";
import {
  type EvidenceKind,
  type EvidenceLevel,
  type EvidenceReason,
  evidenceFor,
  foremost,
  levelOf,
  type ReleaseEvidence,
  reasonText,
  type SignatureEvidence,
  type SignerIdentity,
  signerKey,
  strengthOf,
  strongest,
} from "../../src/domain/evidence.ts";

const identity: SignerIdentity = {
  issuer: "https://token.actions.githubusercontent.com",
  subjectAlternativeName: "https://github.com/acme/tool/.github/workflows/release.yml@refs/tags/v1.2.0",
  repository: "https://github.com/acme/tool",
  workflow: ".github/workflows/release.yml",
  ref: "refs/tags/v1.2.0",
};

function proof(reason: EvidenceReason, rest: Partial<SignatureEvidence> = {}): SignatureEvidence {
  const kind: EvidenceKind = rest.kind ?? "cosign";
  return evidenceFor(kind, reason, { subject: "tool.tar.gz", observedAt: "2026-11-20T00:00:00.000Z", ...rest });
}

describe("a proof", () => {
  it.each<[EvidenceReason, EvidenceLevel]>([
    ["verified", "verified"],
    ["signed-by-forge", "present"],
    ["signature-mismatch", "invalid"],
    ["none", "none"],
    ["not-allowed", "unknown"],
  ])("with the reason %s is %s", (reason, level) => {
    expect(proof(reason).level).toBe(level);
    expect(levelOf(reason)).toBe(level);
    expect(reasonText(reason)).not.toBe("");
  });

  it("tells strangers' words cleaned and cut", () => {
    const detail = `first\nsecond\u001b[31m ${"x".repeat(1_000)}`;
    expect(proof("malformed", { detail }).detail).toMatch(/^first second \[31m x{270,300}$/);
    expect(proof("malformed", { detail }).detail).toHaveLength(300);
  });

  it.each<[string, SignatureEvidence, number | undefined]>([
    ["verified with a repository", proof("verified", { identity }), 10],
    ["verified by a key", proof("verified", { identity: { keyId: "ABCD" } }), 8],
    ["a signature nobody could verify", proof("no-key"), 5],
    ["a statement without signature", proof("unsigned"), 4],
    ["the forge's own signature", proof("signed-by-forge", { kind: "git-signature" }), 3],
    ["nothing", proof("none"), 0],
    ["unknown", proof("not-reachable"), undefined],
    ["invalid", proof("log-mismatch"), undefined],
  ])("counts: %s", (_case, one, strength) => {
    expect(strengthOf(one)).toBe(strength);
  });
});

describe("the proofs of a release", () => {
  it("are as strong as the strongest", () => {
    const release: ReleaseEvidence = {
      upstream: "pkg:github/acme/tool",
      version: "1.2.0",
      proofs: [proof("none"), proof("verified", { identity }), proof("no-key")],
    };
    expect(strongest(release.proofs)?.reason).toBe("verified");
  });

  it("are one per kind and subject: what holds before what is wrong, that before what is merely there", () => {
    const proofs = [proof("none"), proof("malformed"), proof("verified"), proof("no-key", { subject: "other" })];
    expect(foremost(proofs).map(({ reason }) => reason)).toEqual(["verified", "no-key"]);
    expect(foremost(proofs.slice(0, 2)).map(({ reason }) => reason)).toEqual(["malformed"]);
    expect(foremost([proof("not-reachable"), proof("none")]).map(({ reason }) => reason)).toEqual(["none"]);
  });

  it("say nothing when none is known", () => {
    expect(strongest([proof("not-reachable"), proof("malformed")])).toBeUndefined();
  });
});

describe("a signer", () => {
  it("is the same across tags and commits", () => {
    const next = { ...identity, ref: "refs/tags/v1.3.0", commit: "a".repeat(40) };
    expect(signerKey(next)).toBe(signerKey(identity));
    expect(signerKey(identity)).toBe("https://github.com/acme/tool .github/workflows/release.yml");
  });

  it("is another one with another workflow, name or key", () => {
    expect(signerKey({ ...identity, workflow: ".github/workflows/other.yml" })).not.toBe(signerKey(identity));
    expect(signerKey({ issuer: "https://accounts.google.com", subjectAlternativeName: "a@example.org" })).toBe(
      "https://accounts.google.com a@example.org",
    );
    expect(signerKey({ keyId: "ABCD" })).toBe("ABCD");
    expect(signerKey({})).toBeUndefined();
  });
});
