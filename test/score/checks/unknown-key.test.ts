import { describe, expect, it } from "vitest";
import { evidenceFor, type SignerIdentity } from "../../../src/domain/evidence.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import type { ReleaseFacts } from "../../../src/domain/release-facts.ts";
import { unknownKey } from "../../../src/score/checks/unknown-key.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { aHistory, judgedAfter, proven, times } from "../../support/checks.ts";

const by = (keyId: string) => proven("verified", { keyId });
const A = by("AAAAAAAAAAAAAAAA");
const B = by("BBBBBBBBBBBBBBBB");
const RENAMED = proven("other-name", { keyId: "AAAAAAAAAAAAAAAA" });

describe("the key that signs a release", () => {
  it.each([
    ["is known", A, times(5, A), "pass"],
    ["is known by its fingerprint", by(`${"0".repeat(24)}aaaaaaaaaaaaaaaa`), times(5, A), "pass"],
    ["was used long ago", A, [...times(12, B), A], "pass"],
    ["was never seen", B, times(5, A), "hold"],
    ["was never seen, as usual", by("C"), [...["D", "E", "F"].map(by), ...times(5, A)], "warn"],
    ["was never seen, where one was new long ago", B, [...times(21, A), by("C"), ...times(3, A)], "hold"],
    ["was never seen, where one was new of late", B, [...times(9, A), by("C"), ...times(3, A)], "warn"],
    ["was never seen, where whoever releases has a key", B, [..."CDEFGHIJ"].map(by), "warn"],
    ["was never seen, after two that are signed", B, times(2, A), "pass"],
    ["is the forge's own", proven("signed-by-forge", { keyId: "F" }), times(5, A), "pass"],
    ["has expired", proven("key-expired", { keyId: "AAAAAAAAAAAAAAAA" }), times(5, A), "warn"],
    ["was signed for another name of the version", RENAMED, times(5, A), "hold"],
    ["is so once more", RENAMED, [...times(4, A), RENAMED], "warn"],
    ["does not fit", proven("signature-mismatch"), times(5, A), "block"],
    ["never did fit", proven("malformed"), times(5, proven("malformed")), "warn"],
    ["is missing", proven("none"), times(5, A), "pass"],
    ["could not be asked for", proven("not-answered"), times(5, A), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(unknownKey, facts, aHistory(history)).outcome).toBe(outcome);
  });

  const image = (identity: SignerIdentity) => {
    const proof = evidenceFor("cosign", "verified", { subject: "acme/tool:1", observedAt: NOW, identity });
    return { proofs: [proof] } satisfies ReleaseFacts;
  };
  const workflow = image({
    repository: "https://github.com/acme/tool",
    subjectAlternativeName: "https://github.com/a",
  });
  const person = (name: string, issuer = "https://accounts.google.com") =>
    image({ subjectAlternativeName: name, issuer });
  it.each([
    ["a workflow's", workflow, times(5, workflow), "pass"],
    ["a person's, who always signed", person("ada@example.org"), times(5, person("ada@example.org")), "pass"],
    ["anybody's, where a workflow signed", person("eve@example.org"), times(5, workflow), "hold"],
    ["another person's", person("eve@example.org"), times(5, person("ada@example.org")), "hold"],
    ["the same name's at another service", person("a@b.c", "https://evil"), times(5, person("a@b.c")), "hold"],
    ["a workflow's, where a person signed: the publisher's matter", workflow, times(5, person("a@b.c")), "pass"],
    ["a person's, of whom nothing is known yet", person("a@b.c"), times(2, workflow), "pass"],
  ])("in a certificate is %s", (_, facts, history, outcome) => {
    expect(judgedAfter(unknownKey, facts, aHistory(history)).outcome).toBe(outcome);
  });

  it("is not learned from a release of yesterday, nor from one that was taken back", () => {
    const yesterday = plus(NOW, -DAY);
    const fresh = aRelease({ version: "0.9", firstSeenAt: yesterday, publishedAt: yesterday, evidence: B });
    const gone = aRelease({ version: "0.8", firstSeenAt: plus(NOW, -9 * DAY), state: "yanked", evidence: B });
    expect(judgedAfter(unknownKey, B, [fresh, gone, ...aHistory(times(5, A))]).outcome).toBe("hold");
  });
});
