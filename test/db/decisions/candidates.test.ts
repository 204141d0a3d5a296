import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  candidate,
  putCandidates,
  setCandidateState,
  supersedeCandidates,
} from "../../../src/db/decisions/candidates.ts";
import { appendDecisions, newDecisions } from "../../../src/db/decisions/decisions.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import type { Candidate } from "../../../src/domain/bump.ts";
import { type CandidateState, stateAfter } from "../../../src/domain/candidate-state.ts";
import type { TrustCard } from "../../../src/domain/digest.ts";
import { plus } from "../../../src/domain/instant.ts";
import type { Finding } from "../../../src/domain/trust.ts";
import { aCandidate, anEvidence, aRelease, aScore, NOW } from "../../support/build.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const LATER = plus(NOW, 3_600_000);
const UNTIL = plus(NOW, 86_400_000);
const A_SCORE = aScore();

describe.each(STORES)("candidates in the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store?.close());

  /** A plan that lets it wait. */
  function put(given: Candidate, now: string, judged: Partial<TrustCard> = {}) {
    const card = { upstream: given.to.upstream, score: undefined, checks: [], ...judged };
    const after = (before: CandidateState | undefined) => stateAfter(before, "wait");
    const update = { candidate: given, until: UNTIL, card, stateAfter: after };
    return store.db.transaction((tx) => putCandidates(tx, [update], now));
  }

  async function writes(): Promise<string> {
    const { rows } = await store.db.execute<{ bytes: string }>(
      sql`select md5(snapshot::text) || ' ' || first_seen_at as bytes from headgate.candidates`,
    );
    return rows[0]?.bytes ?? "";
  }

  it("that are as they were are not written, and others keep their first sight", async () => {
    await put(aCandidate(), NOW);
    const before = await writes();
    await put(aCandidate(), LATER);
    expect(await writes()).toBe(before);
    expect(await candidate(store.db, aCandidate().id)).toMatchObject({ firstSeenAt: NOW, updatedAt: NOW });
    await put(aCandidate({ to: aRelease({ notes: "## News" }) }), LATER);
    expect(await candidate(store.db, aCandidate().id)).toMatchObject({ firstSeenAt: NOW, updatedAt: LATER });
  });

  it.each(["unknown", "not-applicable"] as const)(
    "keep their text though they were looked at later, when what is %s stayed so",
    async (lacking) => {
      const seen = (observedAt: string, outcome: Finding["outcome"] = lacking) => ({
        score: aScore({
          findings: [{ signal: "stars", outcome, points: 0, reason: "No repository.", evidence: [], observedAt }],
        }),
        checks: [
          {
            check: "withdrawn",
            outcome: "pass" as const,
            summary: "It stands.",
            evidence: [{ kind: "state", source: "pkg:pypi/tool", observedAt, observed: "released" }],
          },
        ],
      });
      await put(aCandidate(), NOW, seen(NOW));
      const before = await writes();
      await put(aCandidate(), LATER, seen(LATER));
      expect(await writes()).toBe(before);
      await put(aCandidate(), LATER, seen(LATER, "bad"));
      expect(await writes()).not.toBe(before);
    },
  );

  it("keep their text while what was learned was learned again the same day, and however often something was asked in vain", async () => {
    const seen = (observedAt: string, failedLookups: number) => ({
      score: aScore({
        findings: [
          {
            signal: "vouches",
            outcome: "good",
            points: 1,
            reason: "We met.",
            evidence: [anEvidence({ observedAt })],
            observedAt,
          },
        ],
      }),
      checks: [
        { check: "proof-weaker", outcome: "not-checked" as const, summary: "No answer.", evidence: [], failedLookups },
      ],
    });
    const asked = (fetchedAt: string) => {
      const sources = { proofs: { kind: "signatures", locator: "x", fetchedAt } };
      const proof = {
        kind: "pep740",
        subject: "x",
        level: "unknown",
        reason: "not-reachable",
        observedAt: fetchedAt,
      } as const;
      return aCandidate({
        to: aRelease({ evidence: { sources, proofs: [proof], unknown: { proofs: "No answer." } } }),
      });
    };
    await put(asked(NOW), NOW, seen(NOW, 1));
    const before = await writes();
    await put(asked(LATER), LATER, seen(LATER, 2));
    expect(await writes()).toBe(before);
    await put(asked(LATER), UNTIL, seen(UNTIL, 2));
    expect(await writes()).not.toBe(before);
  });

  it("of which something else is known now are written again", async () => {
    await put(aCandidate(), NOW);
    const to = aRelease({ notes: "## News" });
    await put(aCandidate({ to }), LATER);
    expect((await candidate(store.db, aCandidate().id))?.snapshot.candidate.to.notes).toBe("## News");
  });

  it("are told with score and checks, which are stored once: with the decision, or here where they are newer", async () => {
    const given = aCandidate();
    const check = { check: "young", outcome: "pass", summary: "It is old.", evidence: [] } as const;
    const decision = { verdict: "wait", reasons: [], by: "policy" } as const;
    /** As a plan stores it. */
    async function plan(score: ReturnType<typeof aScore> | undefined, summary: string, now: string) {
      const card = { upstream: given.to.upstream, score, checks: [{ ...check, summary }] };
      await store.db.transaction(async (tx) => {
        const news = await newDecisions(tx, new Map([[given.id, { decision, ...card, content: {} }]]));
        const isCardDecided = news.length > 0;
        await putCandidates(tx, [{ candidate: given, card, isCardDecided, stateAfter: () => "waiting" }], now);
        await appendDecisions(tx, news, now);
      });
      expect((await candidate(store.db, given.id))?.snapshot).toEqual({ candidate: given, card });
      const { rows } = await store.db.execute(sql`select 1 from headgate.candidates where snapshot->'card' ? 'checks'`);
      return rows.length === 1 ? "here" : "with the decision";
    }
    expect(await plan(A_SCORE, "It is old.", NOW)).toBe("with the decision");
    expect(await plan(A_SCORE, "It is old.", LATER)).toBe("with the decision");
    expect(await plan({ ...A_SCORE, value: 9 }, "It is old.", LATER)).toBe("here");
    expect(await plan({ ...A_SCORE, value: 9 }, "It is young.", LATER)).toBe("with the decision");
    expect(await plan(undefined, "It is older.", LATER)).toBe("with the decision");
  });

  it("that were superseded, or lost their end, come back though nothing else is new", async () => {
    const given = aCandidate();
    await put(given, NOW);
    await supersedeCandidates(store.db, { project: given.component.project }, [], LATER);
    expect(await candidate(store.db, given.id)).toMatchObject({ state: "superseded" });
    await put(given, LATER);
    expect(await candidate(store.db, given.id)).toMatchObject({ state: "waiting", until: UNTIL });
    await setCandidateState(store.db, given.id, "waiting", LATER);
    await put(given, LATER);
    expect(await candidate(store.db, given.id)).toMatchObject({ state: "waiting", until: UNTIL });
  });

  it("keep of the versions on the way what is told of them, and of the target everything", async () => {
    const sources = { notes: { kind: "release", locator: "https://example.org", fetchedAt: NOW } };
    const assets = [{ name: "tool.tar.gz" }];
    const to = aRelease({
      assets,
      notes: "## 2",
      digests: { index: "sha256:1" },
      evidence: { account: "ann", sources },
    });
    await put(aCandidate({ to, between: [to] }), NOW);
    const stored = (await candidate(store.db, aCandidate().id))?.snapshot.candidate;
    expect(stored?.to).toEqual(to);
    expect(stored?.between).toEqual([{ ...to, assets: [], digests: {}, evidence: { sources } }]);
  });
});
