import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordHumanDecision } from "../../../src/db/decisions/human-decisions.ts";
import { recordVouch } from "../../../src/db/decisions/vouches.ts";
import { raiseAlert, settleAlert } from "../../../src/db/deliveries/alerts.ts";
import { auditSince, pruneAudit } from "../../../src/db/deliveries/audit.ts";
import { recordDelivery } from "../../../src/db/deliveries/deliveries.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { emptyTables, openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";
import { recordDecision } from "../../support/stored.ts";

const NOW = "2026-11-25T12:00:00.000Z";
const APPEND_ONLY = ["audit", "decisions", "human_decisions", "vouches", "events", "observations", "refs"];

describe.each(STORES)("the audit log of the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
  });
  beforeEach(() => emptyTables(store.db));
  afterAll(() => store.close());

  const entries = () => auditSince(store.db, { limit: 100 });

  async function happen() {
    const { db } = store;
    const decision = {
      verdict: "hold",
      by: "policy",
      reasons: [{ rule: "range", level: "hold", summary: "x" }],
    } as const;
    const made = { decision, checks: [], score: undefined, content: { commit: "c0ffee" } };
    await recordDecision(db, "candidate-1", made, NOW);
    const said = {
      project: "p",
      upstream: "pkg:pypi/requests",
      action: "approve",
      by: "maintainer",
      reason: "read it",
    } as const;
    await recordHumanDecision(db, { ...said, at: NOW });
    await recordVouch(db, { upstream: "pkg:pypi/requests", by: "maintainer", reason: "met", points: 0.8, since: NOW });
    const subject = { kind: "candidate", id: "candidate-1" } as const;
    const delivery = { key: "pull-request/candidate-1", channel: "pull-request", subject, at: NOW } as const;
    await recordDelivery(db, { ...delivery, state: "started" });
    await recordDelivery(db, { ...delivery, state: "sent", url: "https://example.org/1" });
    await recordDelivery(db, { ...delivery, state: "sent", url: "https://example.org/1", at: plus(NOW, DAY) });
    const which = { project: "p", upstream: "pkg:pypi/requests", class: "yanked", subject: "1.0" } as const;
    await raiseAlert(db, { ...which, severity: "high", summary: "yanked", pins: [], evidence: [] } as never, NOW);
    await settleAlert(db, which, { state: "acknowledged", by: "maintainer", reason: "known" }, NOW);
  }

  it("has every decision, vouch, alert and step of a delivery once, with who it was", async () => {
    await happen();
    const told = (await entries()).map(({ kind: about, actor, data }) => [
      about,
      actor,
      data.state ?? data.verdict ?? "",
    ]);
    expect(told).toEqual([
      ["decision", "policy", "hold"],
      ["human-decision", "maintainer", ""],
      ["vouch", "maintainer", ""],
      ["delivery", "headgate", "started"],
      ["delivery", "headgate", "sent"],
      ["alert", "headgate", "open"],
      ["alert", "maintainer", "acknowledged"],
    ]);
  });

  it("is not written when what it tells of is rolled back", async () => {
    const said = { project: "p", upstream: "u", action: "skip", by: "maintainer", reason: "no", at: NOW } as const;
    const failed = store.db.transaction(async (tx) => {
      await recordHumanDecision(tx, said);
      throw new Error("rolled back");
    });
    await expect(failed).rejects.toThrow("rolled back");
    expect(await entries()).toEqual([]);
  });

  it.each(APPEND_ONLY)("lets nobody change, delete or empty headgate.%s", async (table) => {
    await happen();
    await store.db.execute(sql`insert into headgate.events (at, kind) values (${NOW}, 'x')`);
    await store.db.execute(sql`insert into headgate.refs (purl, name, target, seen_at) values ('p', 'n', 't', ${NOW})`);
    await store.db.execute(
      sql`insert into headgate.observations (purl, tag, seen_at, kind, content) values ('p', 't', ${NOW}, 'retag', '{}')`,
    );
    for (const statement of [
      `update headgate.${table} set id = id`,
      `delete from headgate.${table}`,
      `truncate headgate.${table}`,
    ])
      await expect(store.pool.query(statement), statement).rejects.toThrow("append-only");
  });

  it("is dropped by retention alone, and only what is old", async () => {
    await happen();
    expect(await pruneAudit(store.db, plus(NOW, -DAY))).toBe(0);
    expect(await pruneAudit(store.db, plus(NOW, DAY))).toBe(7);
    await happen();
    await expect(store.pool.query("delete from headgate.audit")).rejects.toThrow("append-only");
  });
});
