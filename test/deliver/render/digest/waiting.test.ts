import { describe, expect, it } from "vitest";
import { byHandFirst, handItem } from "../../../../src/deliver/render/digest/by-hand.ts";
import { waitingItem } from "../../../../src/deliver/render/digest/waiting.ts";
import type { DigestEntry } from "../../../../src/domain/digest.ts";
import { DAY, plus } from "../../../../src/domain/instant.ts";
import { aCandidate, aDecision, anAdvisory, NOW } from "../../../support/build.ts";

const until = plus(NOW, 2 * DAY);

function anEntry(given: Partial<DigestEntry> = {}): DigestEntry {
  const candidate = aCandidate();
  const reasons = [
    { rule: "content-age", level: "wait", summary: "It is too young.", until },
    { rule: "not-checked", level: "note", summary: "Not checked: image origin (it has no labels)." },
  ] as const;
  const card = { upstream: candidate.to.upstream, score: undefined, checks: [] };
  return { project: "suite", candidate, decision: aDecision({ verdict: "wait", until, reasons }), card, ...given };
}

const marks = (item: ReturnType<typeof waitingItem>) => item.facts.map(({ mark }) => mark);

describe("a waiting candidate in a digest", () => {
  it("says once why it waits, and nothing of what nobody has to decide yet", () => {
    const item = waitingItem(anEntry({ isNew: true }), NOW);
    expect(item.compact).toBeUndefined();
    expect(marks(item)).toEqual(["waits"]);
  });

  it("is a line from then on, with until when and what it fixes", () => {
    const candidate = aCandidate({ fixes: [anAdvisory()] });
    const item = waitingItem(anEntry({ isNew: false, candidate }), NOW);
    expect(item).toMatchObject({ compact: true, about: ["suite", "minor version"] });
    expect(marks(item)).toEqual(["until", "fixes"]);
    expect(item.facts[0]?.text).toBe("22 Nov 2026, 12:00 UTC, in 2 days");
  });
});

describe("what is wanted without a pull request", () => {
  const byHand = (reason: string) => handItem(anEntry({ byHand: reason, decision: aDecision() }), NOW);

  it.each(["waits for a place: 10 are open", "covered by #3 of dependabot[bot]"])(
    "is a line where it is %s",
    (reason) => {
      expect(byHand(reason)).toMatchObject({ compact: true, facts: [{ text: reason }] });
      expect(byHand(reason).command).toBeUndefined();
    },
  );

  it("comes first where somebody has to do something, with the command", () => {
    const items = [byHand("waits for a place: 10 are open"), byHand("build.sh is executable")].toSorted(byHandFirst);
    expect(items[0]?.command).toContain("headgate apply");
  });
});
