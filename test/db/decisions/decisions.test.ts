import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  candidate,
  candidateIdsOfComponent,
  candidatesOf,
  setCandidateState,
  supersedeCandidates,
} from "../../../src/db/decisions/candidates.ts";
import { type DecisionRecord, decisionsOf, latestDecisions } from "../../../src/db/decisions/decisions.ts";
import { humanDecisionsFor, recordHumanDecision } from "../../../src/db/decisions/human-decisions.ts";
import { allVouches, recordVouch } from "../../../src/db/decisions/vouches.ts";
import { claimDelivery, deliveriesOf, recordDelivery } from "../../../src/db/deliveries/deliveries.ts";
import type { Delivery } from "../../../src/domain/bump.ts";
import { DAY, HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { askedOn } from "../../../src/domain/readiness.ts";
import { aCandidate, aCheck, aDecision, aHumanDecision, anEvidence, aScore, aVouch, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";
import { recordDecision, upsertCandidate } from "../../support/stored.ts";

const LATER = plus(NOW, HOUR);
const CARD = { upstream: "pkg:github/example/tool", score: aScore(), checks: [aCheck()] };

describe.each(STORES)("what is decided and delivered, on the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  describe("candidates", () => {
    it("keep their first sight and say which state they left", async () => {
      const given = aCandidate();
      const waiting = { state: "waiting", until: LATER, card: CARD } as const;
      expect(await upsertCandidate(store.db, given, waiting, NOW)).toBeUndefined();
      expect(await upsertCandidate(store.db, given, { state: "proposed", card: CARD }, LATER)).toBe("waiting");
      const { component, id, from, step } = given;
      expect(await candidate(store.db, id)).toEqual({
        id,
        from,
        step,
        project: component.project,
        upstream: component.upstream,
        componentKey: component.key,
        to: "1.1.0",
        state: "proposed",
        firstSeenAt: NOW,
        updatedAt: LATER,
        snapshot: { candidate: given, card: CARD },
      });
    });

    it("that are not current any more are superseded, unless they came to an end", async () => {
      for (const id of ["old", "new", "done"]) {
        await upsertCandidate(store.db, aCandidate({ id }), { state: "proposed", card: CARD }, NOW);
      }
      await setCandidateState(store.db, "done", "merged", NOW);
      expect((await supersedeCandidates(store.db, { project: "example" }, ["new"], LATER)).map(({ id }) => id)).toEqual(
        ["old"],
      );
      const states = (await candidatesOf(store.db, "example")).map(({ id, state }) => [id, state]);
      expect(states.sort()).toEqual([
        ["done", "merged"],
        ["new", "proposed"],
        ["old", "superseded"],
      ]);
      expect((await candidatesOf(store.db, "example", ["merged"])).map(({ id }) => id)).toEqual(["done"]);
      const { key } = aCandidate().component;
      expect(await candidateIdsOfComponent(store.db, "example", key)).toHaveLength(3);
    });
  });

  describe("decisions", () => {
    const made = (given: Partial<DecisionRecord> = {}): DecisionRecord => ({
      decision: aDecision(),
      checks: [aCheck({ evidence: [anEvidence()] })],
      score: aScore(),
      content: { commit: "a", index: "sha256:1" },
      ...given,
    });

    it("are appended only where they say something else than the one before", async () => {
      expect(await recordDecision(store.db, "c", made(), NOW)).toBe(true);
      const lookedAgain = made({ checks: [aCheck({ evidence: [anEvidence({ observedAt: LATER })] })] });
      expect(await recordDecision(store.db, "c", lookedAgain, LATER)).toBe(false);
      const hold = made({ decision: aDecision({ verdict: "hold", until: LATER }) });
      expect(await recordDecision(store.db, "c", hold, LATER)).toBe(true);
      expect(await recordDecision(store.db, "c", made(), LATER)).toBe(true);
      const history = await decisionsOf(store.db, "c");
      expect(history.map(({ decision, at }) => [decision.verdict, at])).toEqual([
        ["propose", NOW],
        ["hold", LATER],
        ["propose", LATER],
      ]);
      expect(history[1]).toMatchObject(hold);
    });

    it("are not appended where something that is missing was asked for again the same day", async () => {
      const asked = (at: string) => {
        const summary = `Not ready: a wheel is not there yet${askedOn(at)}.`;
        return made({
          decision: aDecision({ verdict: "wait", reasons: [{ rule: "not-ready", level: "wait", summary }] }),
        });
      };
      expect(await recordDecision(store.db, "c", asked(NOW), NOW)).toBe(true);
      expect(await recordDecision(store.db, "c", asked(LATER), LATER)).toBe(false);
      expect(await recordDecision(store.db, "c", asked(plus(NOW, DAY)), LATER)).toBe(true);
    });

    it.each([
      ["a reason", { decision: aDecision({ reasons: [{ rule: "r", level: "warn", summary: "Other." }] }) }],
      ["who decided", { decision: aDecision({ by: { person: "Release manager" } }) }],
      ["a check", { checks: [aCheck({ outcome: "warn" })] }],
      ["the content", { content: { commit: "b" } }],
    ] satisfies [string, Partial<DecisionRecord>][])("are appended when %s changed", async (_, change) => {
      await recordDecision(store.db, "c", made(), NOW);
      expect(await recordDecision(store.db, "c", made(change), NOW)).toBe(true);
    });

    it("are found by candidate, the latest of each", async () => {
      await recordDecision(store.db, "a", made(), NOW);
      await recordDecision(store.db, "a", made({ decision: aDecision({ verdict: "block" }) }), NOW);
      await recordDecision(store.db, "b", made(), NOW);
      const latest = await latestDecisions(store.db, ["a", "b", "c"]);
      expect([...latest].map(([id, { decision }]) => [id, decision.verdict])).toEqual([
        ["a", "block"],
        ["b", "propose"],
      ]);
    });

    it("of people and their vouches come back as they were recorded", async () => {
      const decisions = [aHumanDecision({ range: "<2", until: LATER }), aHumanDecision({ action: "reopen" })];
      for (const decision of decisions) await recordHumanDecision(store.db, decision);
      await recordHumanDecision(store.db, aHumanDecision({ project: "other" }));
      expect(await humanDecisionsFor(store.db, "example", "pkg:github/example/tool")).toEqual(decisions);
      await recordVouch(store.db, aVouch({ until: LATER }));
      expect(await allVouches(store.db)).toEqual([aVouch({ until: LATER })]);
    });
  });

  describe("deliveries", () => {
    const wanted = { key: "k", channel: "pull-request", subject: { kind: "candidate", id: "c" } } as const;
    const delivery = (given: Partial<Delivery>): Delivery => ({ ...wanted, state: "sent", at: NOW, ...given });

    it("are claimed by one, however many want them", async () => {
      const claims = await Promise.all([1, 2, 3, 4].map(() => claimDelivery(store.db, wanted, NOW, MINUTE)));
      expect(claims.filter(({ claimed }) => claimed)).toHaveLength(1);
      expect(claims.find(({ claimed }) => !claimed)).toMatchObject({ existing: { state: "started", key: "k" } });
    });

    it.each([
      [
        "that were started and never finished can be taken over when the lease is over",
        { state: "started" },
        MINUTE,
        true,
      ],
      ["that were started a moment ago cannot", { state: "started" }, MINUTE - 1, false],
      [
        "that failed for a while can be tried when it is over",
        { state: "failed", retryAt: plus(NOW, MINUTE) },
        MINUTE,
        true,
      ],
      ["that failed for a while cannot be tried sooner", { state: "failed", retryAt: LATER }, MINUTE, false],
      ["that failed for good stay so", { state: "failed" }, HOUR, false],
      ["that were sent stay so", { state: "sent" }, HOUR, false],
      ["that were refused stay so", { state: "refused" }, HOUR, false],
    ] satisfies [string, Partial<Delivery>, number, boolean][])("%s", async (_, before, after, claimed) => {
      await recordDelivery(store.db, delivery(before));
      expect(await claimDelivery(store.db, wanted, plus(NOW, after), MINUTE)).toMatchObject({ claimed });
    });

    it("stay sent when a late word says that they started, and keep what is known of the outside thing", async () => {
      const sent = delivery({ url: "https://example.org/1", externalId: "PR_1", commit: "abc" });
      await recordDelivery(store.db, sent);
      await recordDelivery(store.db, delivery({ state: "started", at: LATER }));
      expect(await deliveriesOf(store.db, "candidate", ["c"])).toEqual([sent]);
      await recordDelivery(store.db, delivery({ state: "failed", at: LATER, error: "no answer", retryAt: LATER }));
      const failed = { ...sent, state: "failed", at: LATER, error: "no answer", retryAt: LATER };
      expect(await deliveriesOf(store.db, "candidate", ["c"])).toEqual([failed]);
    });
  });
});
