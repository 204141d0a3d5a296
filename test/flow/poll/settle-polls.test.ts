import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FullAnswer } from "../../../src/db/releases/answers.ts";
import { refsOf } from "../../../src/db/releases/refs.ts";
import { releasesOf } from "../../../src/db/releases/releases.ts";
import { ensureUpstreams, upstreamStates } from "../../../src/db/upstreams/upstreams.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { createSettlement } from "../../../src/flow/poll/settle-polls.ts";
import { anObservedRelease } from "../../support/build.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.close());

const LATER = plus("2027-01-01T00:00:00.000Z", HOUR);

function anAnswer(purl: string, given: Partial<FullAnswer> = {}): FullAnswer {
  const releases = [anObservedRelease({ version: "1.0.0" })];
  const refs = [{ name: "1.0.0", target: "c" }];
  return {
    ...{ purl, releases, refs, complete: true, baseline: true, notChecked: [], validator: "v", dueAt: LATER },
    ...given,
  };
}

describe("what polls gave", () => {
  it("is stored together: versions, names, and what to ask with next time", async () => {
    const purls = Array.from({ length: 120 }, (_, index) => `pkg:github/example/settled-${index}`);
    await ensureUpstreams(
      suite.flow.db,
      purls.map((purl) => ({ purl })),
      LATER,
    );
    const settlement = createSettlement(suite.flow);
    const changed: string[] = [];
    for (const purl of purls) {
      await settlement.changed(anAnswer(purl), (changes) => {
        if (changes?.releases[0]?.kind === "first-seen") changed.push(purl);
      });
    }
    await settlement.flush();
    expect(changed.sort()).toEqual([...purls].sort());
    const states = await upstreamStates(suite.flow.db, purls);
    expect(new Set(states.map(({ validator, dueAt, complete }) => `${validator} ${dueAt} ${complete}`))).toEqual(
      new Set([`v ${LATER} true`]),
    );
    expect(await releasesOf(suite.flow.db, purls[119] ?? "")).toHaveLength(1);
    expect(await refsOf(suite.flow.db, purls[119] ?? "")).toMatchObject([{ name: "1.0.0", target: "c" }]);
  });

  it("keeps no validator while a version is missing for the first time, so that the next answer is a full one", async () => {
    const purl = "pkg:github/example/deletes";
    await ensureUpstreams(suite.flow.db, [{ purl }], LATER);
    const versions = (...all: string[]) => ({ releases: all.map((version) => anObservedRelease({ version })) });
    const seen: unknown[] = [];
    for (const answer of [versions("1.0.0", "1.1.0"), versions("1.0.0"), versions("1.0.0")]) {
      const settlement = createSettlement(suite.flow);
      await settlement.changed(anAnswer(purl, answer), () => undefined);
      await settlement.flush();
      const [state] = await upstreamStates(suite.flow.db, [purl]);
      const gone = (await releasesOf(suite.flow.db, purl)).find(({ tag }) => tag === "1.1.0");
      seen.push([state?.validator, gone?.state]);
    }
    expect(seen).toEqual([
      ["v", "released"],
      [undefined, "released"],
      ["v", "deleted"],
    ]);
  });

  it("keeps out one answer that cannot be stored, and says so on its upstream alone", async () => {
    const [good, bad] = ["pkg:github/example/good", "pkg:github/example/bad"];
    await ensureUpstreams(suite.flow.db, [{ purl: good }, { purl: bad }], LATER);
    const settlement = createSettlement(suite.flow);
    const told = new Map<string, boolean>();
    const impossible = [anObservedRelease({ publishedAt: "2026-99-99T00:00:00.000Z" })];
    for (const answer of [anAnswer(good), anAnswer(bad, { releases: impossible })])
      await settlement.changed(answer, (changes) => told.set(answer.purl, changes !== undefined));
    await settlement.flush();
    expect([...told]).toEqual([
      [good, true],
      [bad, false],
    ]);
    expect(settlement.refused).toMatchObject([{ purl: bad, failure: { code: "unreadable" } }]);
    const states = await upstreamStates(suite.flow.db, [bad, good]);
    expect(states).toMatchObject([{ failure: { code: "unreadable" } }, { validator: "v" }]);
    expect(states[0]?.failure?.message).toMatch(/^the answer could not be stored: .{5,120}$/);
    expect(states[1]).not.toHaveProperty("failure");
  });

  it("that nothing is new is one row each: the last answer's time moves only where something was asked", async () => {
    const purls = ["pkg:github/example/asked", "pkg:github/example/spared"];
    await ensureUpstreams(
      suite.flow.db,
      purls.map((purl) => ({ purl })),
      LATER,
    );
    const settlement = createSettlement(suite.flow);
    for (const [index, purl] of purls.entries()) await settlement.unchanged({ purl, dueAt: LATER, asked: index === 0 });
    await settlement.flush();
    const states = await upstreamStates(suite.flow.db, purls);
    expect(states.map((state) => [state.dueAt, state.lastSuccessAt !== undefined])).toEqual([
      [LATER, true],
      [LATER, false],
    ]);
  });
});
