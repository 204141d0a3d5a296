import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EvidenceKind, type EvidenceReason, evidenceFor } from "../../src/domain/evidence.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { outlineOf } from "../../src/domain/integrity/content-history.ts";
import type { ReleaseFacts } from "../../src/domain/release-facts.ts";
import { earlierThan } from "../../src/domain/release-history.ts";
import { Failure } from "../../src/lib/failure.ts";
import { CHECKS } from "../../src/score/checks.ts";
import { anAdvisory, aRelease, LONG_AGO, NOW } from "../support/build.ts";

const contents = fc.record({
  upstream: fc.constantFrom("pkg:github/example/tool", "pkg:pypi/tool", "pkg:docker/example/tool"),
  tag: fc.constantFrom("1.0.0", "v1.0.0", "1.0", "3.13-slim", "latest"),
  state: fc.constantFrom("released", "prerelease", "yanked", "deleted", "deprecated"),
  commit: fc.constantFrom("a", "b"),
  digests: fc.dictionary(fc.constantFrom("index", "tool.whl"), fc.constantFrom("sha256:1", "sha256:2")),
  publishedBy: fc.constantFrom("registry", "publisher"),
  publishedAt: fc.constantFrom(LONG_AGO, NOW),
  baseline: fc.boolean(),
  earlierContent: fc.array(
    fc.record({
      seenAt: fc.constant(LONG_AGO),
      commit: fc.constantFrom("a", "b"),
      digests: fc.constant({ index: "sha256:1" }),
    }),
    { maxLength: 2 },
  ),
});
const proof = fc
  .record({
    kind: fc.constantFrom<EvidenceKind>("git-signature", "pep740", "cosign"),
    reason: fc.constantFrom<EvidenceReason>(
      "verified",
      "none",
      "signed-by-forge",
      "signature-mismatch",
      "not-reachable",
    ),
    identity: fc.constantFrom({}, { keyId: "A".repeat(16) }, { repository: "https://github.com/example/tool" }),
  })
  .map(({ kind, reason, identity }) => evidenceFor(kind, reason, { subject: "v1", observedAt: NOW, identity }));
const facts: fc.Arbitrary<ReleaseFacts> = fc.record(
  {
    proofs: fc.array(proof, { maxLength: 3 }),
    publisher: fc.constantFrom({ repository: "a/b" }, { repository: "a/c", workflow: "w.yml", ref: "refs/tags/v1" }),
    account: fc.constantFrom("one", "two"),
    onBranch: fc.boolean(),
    origin: fc.record({ tag: fc.boolean(), release: fc.boolean() }, { requiredKeys: [] }),
    otherDigests: fc.constantFrom({}, { "ghcr.io": "sha256:2" }),
    fileTimes: fc.constantFrom({ a: LONG_AGO }, { a: LONG_AGO, b: NOW }),
    dependencies: fc.subarray(["left", "right"]),
    dependencySince: fc.constantFrom({ left: NOW }, { right: LONG_AGO }),
    installCode: fc.record(
      { startupFiles: fc.subarray(["a.pth"]), scripts: fc.subarray(["postinstall"]), buildBackend: fc.constant("b") },
      { requiredKeys: [] },
    ),
    checksums: fc.record({ published: fc.boolean(), mismatches: fc.subarray(["a.tgz"]) }),
    repository: fc.record({ id: fc.constantFrom("1", "2"), archived: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const advisories = fc.constantFrom(
  [],
  [anAdvisory()],
  [anAdvisory({ id: "MAL-2026-1" })],
  new Failure("timeout", "OSV did not answer"),
);

/** A release of any kind after ten others, of which anything may be known. */
const inputs = fc
  .record({ given: contents, known: advisories, own: facts, before: fc.array(facts, { maxLength: 10 }) })
  .map(({ given, known, own, before }) => {
    const release = aRelease({ ...given, evidence: own, firstSeenAt: plus(NOW, -DAY), contentFirstSeenAt: NOW });
    const history = before.map((evidence, index) => {
      const age = { publishedAt: plus(NOW, -40 * (index + 1) * DAY), baseline: true };
      return outlineOf(
        aRelease({ upstream: release.upstream, version: `0.${index}`, commit: String(index), evidence, ...age }),
      );
    });
    return { release, history, earlier: earlierThan(release, history), advisories: known };
  });

it("ids are distinct words", () => {
  const ids = CHECKS.map((check) => check.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  const rules = CHECKS.map((check) => check.rule);
  expect(new Set(rules).size).toBe(rules.length);
});

describe.each(CHECKS)("the check $id", (check) => {
  it("says what it looks at, and why", () => {
    expect(check.title.length).toBeGreaterThan(5);
    expect(check.why).toMatch(/\.$/);
  });

  it("judges every release in a sentence, the same again, and calls nothing malicious", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const result = check.judge(input, NOW);
        expect(result).toEqual(check.judge(input, NOW));
        expect(result.summary).toMatch(/\S.{8,}/);
        expect(result.summary).not.toMatch(/malicious|undefined|\[object/i);
        if (/malware:/.test(result.summary)) expect(result.summary).toContain("MAL-");
      }),
    );
  });

  it("has evidence for every word against a release", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { outcome, evidence } = check.judge(input, NOW);
        return !["warn", "hold", "block"].includes(outcome) || evidence.length > 0;
      }),
    );
  });

  it("says nothing against a release whose facts nobody knows", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { evidence: _, ...release } = aRelease({ upstream: input.release.upstream, firstSeenAt: NOW });
        const { outcome } = check.judge({ ...input, release, advisories: new Failure("timeout", "no answer") }, NOW);
        return outcome === "pass" || outcome === "not-checked" || ["R2", "R13"].includes(check.rule);
      }),
    );
  });
});
