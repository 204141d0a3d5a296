import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "../../../src/db/sql/orm.ts";
import { DAY, HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { planProject } from "../../../src/flow/plan/plan-project.ts";
import { vouchFor } from "../../../src/flow/trust/record-vouch.ts";
import { Failure, isFailure } from "../../../src/lib/failure.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite();
  // two days after the newest release, when no wait ends, and all hours of this file are of one day
  suite.days.now = `${plus(suite.days.now, 2 * DAY).slice(0, 10)}T06:00:00.000Z`;
});
afterAll(() => suite.close());

async function planWith(given: Partial<FlowContext> = {}): Promise<void> {
  const [project] = suite.flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  await planProject({ ...suite.flow, ...given }, project);
}

/** What is written of candidates and decisions, but for when they were looked at. */
async function written(): Promise<unknown> {
  const { rows } = await suite.flow.db.execute(
    sql`select c.id, md5(c.snapshot::text) as text, (select count(*)::int from headgate.decisions d where d.candidate = c.id) as decisions
      from headgate.candidates c order by c.id`,
  );
  return rows;
}

/** Of every table which rows it has, each by its place and the transaction that wrote it: no write leaves both as they were. */
async function rowsOfAll(): Promise<Record<string, string>> {
  const { db } = suite.flow;
  const { rows: tables } = await db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'headgate' and table_type = 'BASE TABLE'`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await db.execute<{ all: string }>(
      sql`select count(*) || ' ' || md5(string_agg(ctid || ' ' || xmin, ',' order by ctid)) as all from ${sql.identifier("headgate")}.${sql.identifier(name)}`,
    );
    found[name] = rows[0]?.all ?? "";
  }
  return found;
}

it("a plan with nothing new and nothing to ask writes no row of any table", async () => {
  await planWith();
  const before = await rowsOfAll();
  expect(before).toMatchObject({
    candidates: expect.stringMatching(/^[1-9]/),
    decisions: expect.stringMatching(/^[1-9]/),
  });
  suite.days.now = plus(suite.days.now, MINUTE);
  await planWith();
  expect(await rowsOfAll()).toEqual(before);
});

describe("a plan hours after the last one, with nothing new", () => {
  it("writes no candidate and no decision", async () => {
    await planWith();
    const before = await written();
    suite.days.now = plus(suite.days.now, HOUR);
    await planWith();
    expect(await written()).toEqual(before);
  });

  it("nor where somebody here vouched for an upstream", async () => {
    const { upstream } = suite.candidateTo("2.32.5");
    const said = { upstream, by: "maintainer", reason: "We met.", points: 9 };
    expect(isFailure(await vouchFor(suite.flow, said))).toBe(false);
    const unvouched = await written();
    await planWith();
    const before = await written();
    expect(before).not.toEqual(unvouched);
    suite.days.now = plus(suite.days.now, HOUR);
    await planWith();
    expect(await written()).toEqual(before);
  });

  it("nor where the proofs of a release stay unknown, which are asked about less and less often", async () => {
    const { upstream } = suite.candidateTo("2.32.5");
    await suite.flow.db.execute(sql`update headgate.releases set evidence = null where purl = ${upstream}`);
    const silent = new Failure("timeout", "the index does not answer");
    const { fetcher } = suite.flow;
    const fetch: typeof fetcher.fetch = async (request) =>
      request.url.includes("/integrity/") ? silent : fetcher.fetch(request);
    const given = { fetcher: { ...fetcher, fetch } };
    const asked = async () => {
      const { rows } = await suite.flow.db.execute<{ asked: number }>(
        sql`select max((facts->>'inVain')::int) as asked from headgate.facts where signal = 'proofs'`,
      );
      return rows[0]?.asked;
    };
    for (const _ of ["everything is asked", "what was learned is read"]) await planWith(given);
    const before = await written();
    const times = [];
    for (let hour = 1; hour <= 8; hour++) {
      suite.days.now = plus(suite.days.now, HOUR);
      await planWith(given);
      times.push(await asked());
      if (times.at(-1) === 2) expect(await written()).toEqual(before);
    }
    expect(times).toEqual([2, 2, 3, 3, 3, 3, 4, 4]);
  });
});
