import { describe, expect, it } from "vitest";
import type { DecisionInput } from "../../src/decide/decision-input.ts";
import type { HumanDecision, Verdict } from "../../src/domain/bump.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { aCandidate, aComponent, aHumanDecision, anAge, aPin, aRelease, LONG_AGO, NOW } from "../support/build.ts";
import { check, decided, rulesOf, YESTERDAY, young } from "../support/decided.ts";

describe("words beside a pin", () => {
  it.each([
    [{ kind: "hold", reason: "plugin breaks" }, "hold", "Held by a comment in Dockerfile:1: plugin breaks"],
    [{ kind: "hold", range: "<1.1" }, "hold", "Held to <1.1 by a comment in Dockerfile:1"],
    [
      { kind: "hold", range: "nonsense" },
      "hold",
      'Held: the range "nonsense" in Dockerfile:1 is not understood; correct the comment.',
    ],
    [{ kind: "hold", range: "<2" }, "propose", undefined],
  ] as const)("%o: %s", (word, verdict, summary) => {
    const candidate = aCandidate({ component: aComponent({ pins: [aPin({ word })] }) });
    const decision = decided({ candidate });
    expect(decision.verdict).toBe(verdict);
    expect(decision.reasons.find((reason) => reason.rule === "inline-hold")?.summary).toBe(summary);
  });
});

describe("a person", () => {
  const said = (...given: Parameters<typeof aHumanDecision>) => ({ humanDecisions: [aHumanDecision(...given)] });

  it.each<[string, Partial<DecisionInput>, Verdict]>([
    ["holds", said({ action: "hold", range: "=1.1.0" }), "hold"],
    ["skips", said({ action: "skip" }), "skip"],
    ["held another version", { ...said({ action: "hold", range: "=1.2.0" }) }, "propose"],
    ["held in another project", said({ action: "hold", project: "elsewhere" }), "propose"],
    ["held until yesterday", said({ action: "hold", until: YESTERDAY }), "propose"],
    ["will hold tomorrow", said({ action: "hold", at: plus(NOW, DAY) }), "propose"],
    ["approves what is held", { ...said({ range: "=1.1.0" }), checks: [check("hold"), anAge(LONG_AGO)] }, "propose"],
    ["approves what is blocked", { ...said(), checks: [check("block")] }, "block"],
    ["approves what waits", { ...said(), checks: [young] }, "wait"],
    ["approves two warnings", { ...said(), checks: [check("warn"), check("warn", "b")] }, "propose"],
    ["approves by a range nobody understands", { ...said({ range: "??" }), checks: [check("hold")] }, "hold"],
    ["holds by a range nobody understands", said({ action: "hold", range: "??" }), "hold"],
  ])("who %s", (_, given, verdict) => {
    expect(decided(given).verdict).toBe(verdict);
  });

  it.each<[HumanDecision["action"], string, Verdict]>([
    ["approve", "=latest", "propose"],
    ["approve", "=stable", "hold"],
    ["skip", "=latest", "skip"],
    ["skip", "=stable", "hold"],
  ])("%ss the name %s, which has no order, and nothing else", (action, range, verdict) => {
    const to = aRelease({ version: "latest", upstream: "pkg:docker/example/tool" });
    const component = aComponent({ pins: [aPin({ upstream: to.upstream, scheme: "docker-tag", text: "latest" })] });
    const word = said({ action, range, upstream: to.upstream });
    const candidate = aCandidate({ component, to, step: "digest" });
    expect(decided({ ...word, candidate, checks: [check("hold"), anAge(LONG_AGO)] }).verdict).toBe(verdict);
  });

  it.each<[HumanDecision["action"], string, string, Verdict]>([
    ["skip", "=12", "after it was pushed", "skip"],
    ["skip", "=12", "before it was pushed again", "propose"],
    ["hold", "=12", "before it was pushed again", "propose"],
    ["hold", "<13", "before it was pushed again", "hold"],
  ])("who says %s of %s speaks of the content that was there: %s", (action, range, when, verdict) => {
    const upstream = "pkg:docker/library/debian";
    const at = when.startsWith("after") ? YESTERDAY : plus(LONG_AGO, -DAY);
    const to = aRelease({ version: "12", upstream, contentFirstSeenAt: LONG_AGO });
    const component = aComponent({ pins: [aPin({ upstream, scheme: "docker-tag", text: "12" })] });
    const candidate = aCandidate({ component, to, step: "digest" });
    expect(decided({ ...said({ action, range, upstream, at }), candidate }).verdict).toBe(verdict);
  });

  it("is named where the verdict is theirs, and only there", () => {
    const person = { person: "Release manager" };
    expect(decided(said({ action: "skip" })).by).toEqual(person);
    expect(decided({ ...said(), checks: [check("hold"), anAge(LONG_AGO)] }).by).toEqual(person);
    expect(decided({ ...said(), checks: [check("block")] }).by).toBe("policy");
    expect(decided(said()).by).toBe("policy");
  });

  it("has the last word, and can take it back", () => {
    const hold = aHumanDecision({ action: "hold", at: plus(NOW, -3 * DAY) });
    const approve = aHumanDecision({ at: plus(NOW, -2 * DAY) });
    const reopen = aHumanDecision({ action: "reopen", at: plus(NOW, -DAY) });
    expect(decided({ humanDecisions: [approve, hold] }).verdict).toBe("propose");
    expect(decided({ humanDecisions: [hold] }).verdict).toBe("hold");
    expect(decided({ humanDecisions: [hold, reopen] }).verdict).toBe("propose");
    expect(decided({ humanDecisions: [approve, reopen], checks: [check("hold")] }).verdict).toBe("hold");
  });

  it("is heard in the order of recording, where two words fell at the same moment", () => {
    const [hold, skip] = [aHumanDecision({ action: "hold" }), aHumanDecision({ action: "skip" })];
    expect(decided({ humanDecisions: [hold, skip] }).verdict).toBe("skip");
    expect(decided({ humanDecisions: [skip, hold] }).verdict).toBe("hold");
  });

  it("approves content, not a name: content that changed since is not approved", () => {
    const to = aRelease({ version: "1.1.0", contentFirstSeenAt: plus(NOW, -3_600_000) });
    const decision = decided({ ...said(), candidate: aCandidate({ to }), checks: [check("hold"), anAge(LONG_AGO)] });
    expect(decision).toMatchObject({ verdict: "hold", by: "policy" });
    expect(decision.reasons.map((reason) => reason.summary).join(" ")).toContain("the approval no longer counts");
  });

  it("sees a lifted hold again, as a warning", () => {
    expect(rulesOf(decided({ ...said(), checks: [check("hold"), anAge(LONG_AGO)] }), "warn")).toEqual([
      "content-changed",
    ]);
  });

  it("holds until a day, and the decision says which", () => {
    const until = plus(NOW, 30 * DAY);
    expect(decided(said({ action: "hold", until })).until).toBe(until);
    expect(decided({ ...said({ action: "hold", until }), checks: [check("hold")] }).until).toBeUndefined();
  });
});
