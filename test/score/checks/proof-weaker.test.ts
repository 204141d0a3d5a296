import { describe, expect, it } from "vitest";
import { proofWeaker } from "../../../src/score/checks/proof-weaker.ts";
import { aHistory, judgedAfter, proven, times } from "../../support/checks.ts";

const signed = proven("verified", { keyId: "A" });
const unsigned = proven("none");
const byForge = proven("signed-by-forge");
const attested = proven("verified", { repository: "https://github.com/a/b" }, "pep740");
const unattested = proven("none", {}, "pep740");

describe("a release with a weaker proof than those before it", () => {
  it.each([
    ["unsigned where all five were signed", unsigned, times(5, signed), "hold"],
    ["unsigned where four of five were", unsigned, [unsigned, ...times(4, signed)], "warn"],
    ["unsigned where three of five were", unsigned, [unsigned, unsigned, ...times(3, signed)], "pass"],
    ["unsigned in a project that often is", unsigned, [...times(5, signed), ...times(2, unsigned)], "warn"],
    ["unattested where all were attested", unattested, times(5, attested), "hold"],
    [
      "unattested where the last four are attested, the first ones",
      unattested,
      [...times(4, attested), ...times(9, unattested)],
      "warn",
    ],
    [
      "unattested where the last five are attested, the first ones",
      unattested,
      [...times(5, attested), ...times(9, unattested)],
      "hold",
    ],
    [
      "unattested in a project that forgot it twice since",
      unattested,
      [...times(5, attested), ...times(2, unattested), attested],
      "warn",
    ],
    ["signed by the forge where persons signed", byForge, times(5, signed), "hold"],
    ["signed by the forge where it was so a while ago", byForge, [...times(9, signed), byForge], "warn"],
    [
      "unsigned where the forge's signature comes and goes",
      unsigned,
      [...times(6, byForge), ...times(3, unsigned)],
      "pass",
    ],
    ["unsigned where the forge signed nearly always", unsigned, [...times(6, byForge), unsigned, byForge], "warn"],
    ["unsigned where the forge always signed", unsigned, times(9, byForge), "hold"],
    ["unsigned as ever", unsigned, times(5, unsigned), "pass"],
    ["signed at last", signed, times(5, unsigned), "pass"],
    ["of another kind only", unattested, times(5, signed), "pass"],
    ["that could not be looked at", proven("not-reachable"), times(5, signed), "not-checked"],
    ["after two that are known", unsigned, times(2, signed), "pass"],
    ["of which nothing is known", {}, times(5, signed), "not-checked"],
  ])("%s", (_, facts, history, outcome) => {
    expect(judgedAfter(proofWeaker, facts, aHistory(history)).outcome).toBe(outcome);
  });

  it("is one of which a single file has no proof", () => {
    const one = { ...attested.proofs?.[0], subject: "a.whl" };
    const facts = { proofs: [one, { ...unattested.proofs?.[0], subject: "b.whl" }] } as typeof attested;
    expect(judgedAfter(proofWeaker, facts, aHistory(times(5, attested))).outcome).toBe("hold");
  });

  it("is told with what was usual", () => {
    expect(judgedAfter(proofWeaker, unsigned, aHistory(times(5, signed)))).toMatchObject({
      summary: "1.0.0 has no signature; 5 of the last 5 releases had one.",
      evidence: [{ observed: "no signature", expected: "signature of strength 8 or more" }],
    });
  });
});
