import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendEvent, eventsSince } from "../../../src/db/deliveries/events.ts";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { factsOf, putFacts } from "../../../src/db/upstreams/facts.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { contentOf } from "../../../src/domain/release.ts";
import { type Ledger, readLedger } from "../../../src/flow/decide/read-ledger.ts";
import { pruneStore } from "../../../src/flow/operate/prune-store.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

async function ledger(candidate: string, at?: string): Promise<Ledger> {
  const read = await readLedger(suite.flow, { candidate, at });
  if (isFailure(read)) throw read;
  return read;
}

const verdicts = ({ entries }: Ledger) => entries.map(({ decision }) => decision.verdict);

describe("the ledger of a candidate", () => {
  it("has every decision in its order, bound to the content, with the record of every check", async () => {
    const { id } = suite.candidateTo("2.32.5");
    const read = await ledger(id);
    expect(verdicts(read)).toEqual(["wait", "propose"]);
    const [first] = read.entries;
    const release = (await releasesOf(suite.flow.db, "pkg:pypi/requests")).find(({ version }) => version === "2.32.5");
    expect(first?.content).toEqual(release && contentOf(release));
    expect(first?.content["asset:requests-2.32.5.tar.gz"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(first?.records.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["R1", "R9", "R10"]));
    expect(first?.records.find(({ rule }) => rule === "R9")).toMatchObject({
      check: "content-age",
      source: { locator: "pkg:pypi/requests" },
      first_seen_at: expect.stringMatching(/^\d{4}-/),
    });
  });

  it("says what stood at a moment, and nothing of what came later", async () => {
    const { id } = suite.candidateTo("2.32.5");
    expect(verdicts(await ledger(id, plus(suite.days.now, -11 * DAY)))).toEqual(["wait"]);
    expect(verdicts(await ledger(id, suite.days.now.slice(0, 10)))).toEqual(["propose"]);
    expect(verdicts(await ledger(id, "2020-01-01"))).toEqual([]);
  });

  it("wants a candidate and a date that there are", async () => {
    const { id } = suite.candidateTo("2.32.5");
    expect(await readLedger(suite.flow, { candidate: "ffffff" })).toMatchObject({ code: "misconfigured" });
    expect(await readLedger(suite.flow, { candidate: id, at: "soon" })).toMatchObject({ code: "misconfigured" });
  });
});

describe("pruning", () => {
  it("drops what is older than it is kept, but never the latest decision", async () => {
    const { flow, days } = suite;
    const { id } = suite.candidateTo("2.32.5");
    const early = plus(days.now, -500 * DAY);
    await appendEvent(flow.db, { kind: "old" }, early);
    const collected = { facts: 1, source: "s", at: early };
    await putFacts(flow.db, { subject: "pkg:pypi/old", signal: "s", collected, expiresAt: plus(early, DAY) });
    expect(await pruneStore(flow)).toMatchObject({
      candidates: 0,
      decisions: 0,
      events: 1,
      facts: 1,
      texts: 0,
      audit: 0,
      standings: 0,
    });
    expect((await factsOf(flow.db, ["pkg:pypi/old"])).size).toBe(0);
    const lasting = { ...collected, at: days.now };
    await putFacts(flow.db, {
      subject: "pkg:pypi/fresh",
      signal: "s",
      collected: lasting,
      expiresAt: plus(days.now, DAY),
    });
    const pruneAfter = (span: number) => pruneStore({ ...flow, clock: () => plus(days.now, span * DAY) });
    expect(await pruneAfter(29)).toMatchObject({ decisions: 0 });
    expect((await factsOf(flow.db, ["pkg:pypi/fresh"])).size).toBe(1);
    expect((await pruneAfter(32)).facts).toBeGreaterThan(0);
    expect((await factsOf(flow.db, ["pkg:pypi/fresh"])).size).toBe(0);
    expect((await pruneAfter(380)).decisions).toBe(0); // the oldest decision is twelve days old
    const later = { ...flow, clock: () => plus(days.now, 450 * DAY) };
    expect((await pruneStore(later)).decisions).toBeGreaterThan(0);
    expect(verdicts(await ledger(id))).toEqual(["propose"]);
    expect(await eventsSince(flow.db, { from: early })).toEqual([]);
  });
});
