import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
const advisories = fc.constantFrom(
  [],
  [anAdvisory()],
  [anAdvisory({ id: "MAL-2026-1" })],
  new Failure("timeout", "OSV did not answer"),
);

it("ids are distinct words", () => {
  const ids = CHECKS.map((check) => check.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

describe.each(CHECKS)("the check $id", (check) => {
  it("says what it looks at, and why", () => {
    expect(check.title.length).toBeGreaterThan(5);
    expect(check.why).toMatch(/\.$/);
  });

  it("judges every release in a sentence, the same again, and calls nothing malicious", () => {
    fc.assert(
      fc.property(contents, advisories, (given, known) => {
        const release = aRelease(given);
        const input = { release, history: [], facts: undefined, advisories: known };
        const result = check.judge(input, NOW);
        expect(result).toEqual(check.judge(input, NOW));
        expect(result.summary).toMatch(/\S.{8,}/);
        expect(result.summary).not.toMatch(/malicious|undefined/i);
        if (/malware:/.test(result.summary)) expect(result.summary).toContain("MAL-");
      }),
    );
  });

  it("has evidence for every word against a release", () => {
    fc.assert(
      fc.property(contents, advisories, (given, known) => {
        const { outcome, evidence } = check.judge(
          { release: aRelease(given), history: [], facts: undefined, advisories: known },
          NOW,
        );
        return !["warn", "hold", "block"].includes(outcome) || evidence.length > 0;
      }),
    );
  });
});
