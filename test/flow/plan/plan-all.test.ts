import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { candidatesOf } from "../../../src/db/decisions/candidates.ts";
import { pinsOf, watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { projectState, projectStates } from "../../../src/db/projects/projects.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { freshnessBySource } from "../../../src/db/upstreams/freshness.ts";
import { OPEN_STATES } from "../../../src/domain/candidate-state.ts";
import { MINUTE, plus } from "../../../src/domain/instant.ts";
import { decideByHand } from "../../../src/flow/decide/record-human-decision.ts";
import { planAll } from "../../../src/flow/plan/plan-all.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { type Suite, startSuite } from "../../support/suite.ts";

const sample = join(import.meta.dirname, "../../demo/sample");
let suite: Suite;
let checkout: string;

beforeAll(async () => {
  checkout = mkdtempSync(join(tmpdir(), "headgate-checkout-"));
  cpSync(sample, checkout, { recursive: true });
  suite = await startSuite(`path: ${mkdtempSync(join(checkout, "empty-"))}`);
});
afterAll(async () => {
  await suite.close();
  rmSync(checkout, { recursive: true, force: true });
});

async function planCheckout() {
  const reports = await planAll(suite.flow, { path: checkout });
  if (isFailure(reports)) throw reports;
  return reports[0]?.candidates ?? [];
}

describe("a checkout that is planned once", () => {
  it("is not watched from then on, and neither is what it takes", async () => {
    const { db, freshness, clock } = suite.flow;
    const before = await projectStates(db);
    expect(await planCheckout()).not.toEqual([]);
    expect(await projectStates(db)).toEqual(before);
    expect(await watchedUpstreams(db)).toEqual([]);
    expect(await freshnessBySource(db, freshness, clock())).toEqual([]);
    expect(await pinsOf(db, checkout)).not.toEqual([]);
  });

  it("gives the same candidates when it is planned again", async () => {
    const ids = async () => (await planCheckout()).map(({ id }) => id).sort();
    expect(await ids()).toEqual(await ids());
  });

  it("has candidates that people can decide about", async () => {
    const proposed = (await planCheckout()).find(({ decision }) => decision.verdict === "propose");
    const held = await decideByHand(suite.flow, {
      candidate: proposed?.id ?? "",
      action: "hold",
      by: "maria",
      reason: "after the release",
    });
    expect(held).toMatchObject({ decision: { verdict: "hold", by: { person: "maria" } } });
    expect(await watchedUpstreams(suite.flow.db)).toEqual([]);
  });
});

describe("a plan half an hour after another", () => {
  it("writes none of its candidates again when nothing is new", async () => {
    async function texts() {
      const { rows } = await suite.flow.db.execute(
        sql`select id, md5(snapshot::text) as text, updated_at from headgate.candidates order by id`,
      );
      return rows;
    }
    await planCheckout();
    const before = await texts();
    suite.days.now = plus(suite.days.now, 30 * MINUTE);
    await planCheckout();
    expect(before.length).toBeGreaterThan(3);
    expect(await texts()).toEqual(before);
  });
});

describe("a checkout that is watched", () => {
  it("stays so when somebody plans it by its path", async () => {
    const [project] = suite.flow.projects;
    if (project?.source.kind !== "path") throw new Error("no folder is watched");
    const before = await projectStates(suite.flow.db);
    await planAll(suite.flow, { path: project.source.path });
    expect((await projectStates(suite.flow.db)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });
});

describe("a checkout that is called as a watched project is", () => {
  it("leaves that project what it is: its pins, its source and its candidates", async () => {
    const { db } = suite.flow;
    const [watched] = suite.flow.projects;
    if (watched?.source.kind !== "path") throw new Error("no folder is watched");
    cpSync(sample, watched.source.path, { recursive: true });
    await planAll(suite.flow, {});
    const known = async () => [
      await projectState(db, watched.id),
      (await pinsOf(db, watched.id)).length,
      (await candidatesOf(db, watched.id, OPEN_STATES)).map(({ id }) => id).sort(),
    ];
    const before = await known();
    expect(before[1]).toBeGreaterThan(0);
    const namesake = join(mkdtempSync(join(checkout, "elsewhere-")), watched.id);
    mkdirSync(namesake);
    writeFileSync(join(namesake, "requirements.txt"), "requests==2.0.0\n");
    const reports = await planAll(suite.flow, { path: namesake });
    if (isFailure(reports)) throw reports;
    expect(reports.map(({ project }) => project)).toEqual([namesake]);
    expect(await known()).toEqual(before);
  });
});
