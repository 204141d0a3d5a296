import { describe, expect, it } from "vitest";
import { evidenceFor } from "../../src/domain/evidence.ts";
import { mergeFacts } from "../../src/domain/release-facts.ts";
import { NOW } from "../support/build.ts";

const proof = (reason: "verified" | "none" | "not-reachable") =>
  evidenceFor("git-signature", reason, { subject: "v1", observedAt: NOW });

describe("facts that were learned one after the other", () => {
  it("are kept together, the later ones winning", () => {
    expect(mergeFacts({ onBranch: true, account: "a" }, { account: "b" })).toEqual({ onBranch: true, account: "b" });
  });

  it("are what is known of the two when one is not known", () => {
    expect(mergeFacts(undefined, { account: "a" })).toEqual({ account: "a" });
    expect(mergeFacts({ account: "a" }, undefined)).toEqual({ account: "a" });
    expect(mergeFacts(undefined, undefined)).toBeUndefined();
  });

  it("do not lose a proof because nobody could look again", () => {
    const known = { proofs: [proof("verified")] };
    expect(mergeFacts(known, { proofs: [proof("not-reachable")] })).toEqual(known);
    expect(mergeFacts(known, { proofs: [proof("none")] })?.proofs).toEqual([proof("none")]);
  });

  it("forget why a part was not known once it is", () => {
    const before = { unknown: { onBranch: "too many branches", account: "not asked" } };
    expect(mergeFacts(before, { onBranch: true })).toEqual({ onBranch: true, unknown: { account: "not asked" } });
  });

  it("stay unknown, with the reason, where a second look found no more than the first", () => {
    const looked = { proofs: [], unknown: { proofs: "the index does not answer" } };
    expect(mergeFacts(looked, looked)).toEqual(looked);
  });
});
