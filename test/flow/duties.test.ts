import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { getMeta } from "../../src/db/service/meta.ts";
import type { Trouble } from "../../src/domain/bump.ts";
import { HOUR, MINUTE, plus } from "../../src/domain/instant.ts";
import { raiseAlert } from "../../src/flow/alerts/raise-alert.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { carryOutDuty, DUTIES } from "../../src/flow/duties.ts";
import { HANDLERS } from "../../src/flow/jobs.ts";
import { WATCHED } from "../demo/world.ts";
import { dueDuty } from "../support/due-duty.ts";
import { standstill } from "../support/standstill.ts";
import { type Suite, startSuite } from "../support/suite.ts";

type DutyName = keyof typeof DUTIES;

const MALWARE: Trouble = {
  ...{ project: WATCHED, upstream: "pkg:pypi/requests", class: "malware", subject: "2.31.0", severity: "critical" },
  ...{ summary: "It is malware.", next: "Remove it.", places: [], evidence: [] },
};

describe("duties", () => {
  let suite: Suite;
  let said: string[];
  beforeAll(async () => {
    suite = await startSuite();
  });
  beforeEach(() => {
    said = [];
    suite.days.now = plus(suite.days.now, 30 * HOUR);
  });
  afterAll(() => suite?.close());

  const flowWith = (more: Partial<FlowContext> = {}): FlowContext => {
    const warn = (message: string) => void said.push(message);
    const pingUrl = `${suite.standIns.osv.url}/ping`;
    return { ...suite.flow, pingUrl, backupsIn: dirname(suite.config), log: { ...suite.flow.log, warn }, ...more };
  };
  const carryOut = (name: DutyName, payload: unknown, more: Partial<FlowContext> = {}) =>
    HANDLERS[name](flowWith(more), payload, async () => true);
  const asked = (standIn: Suite["standIns"]["osv"], path: RegExp) =>
    standIn.requests.filter((one) => path.test(one.path)).length;
  const count = async (table: string, where = "true") => {
    const { rows } = await suite.flow.db.execute<{ count: number }>(
      `select count(*)::int as count from headgate.${table} where ${where}`,
    );
    return rows[0]?.count ?? 0;
  };

  /** What there is of each duty's doing; each finds something to do in the sample. */
  const EFFECTS: Readonly<Record<DutyName, () => number | Promise<number>>> = {
    published: () => asked(suite.standIns.pypi, /rss/),
    letters: () => suite.standIns.smtp.messages.length,
    advisories: () => asked(suite.standIns.osv, /querybatch/),
    scores: () => asked(suite.standIns.trust, /./),
    digest: () => suite.standIns.smtp.messages.length,
    housekeeping: async () => (await count("standings")) + (await count("events", "kind = 'alert'")),
    backup: () => readdirSync(join(dirname(suite.config), "backups")).length,
    heartbeat: () => asked(suite.standIns.osv, /ping/),
  };

  it.each(Object.keys(DUTIES) as DutyName[])("that several have the hint of are done by one: %s", async (name) => {
    if (name === "letters") await raiseAlert(suite.flow, MALWARE);
    const before = name === "backup" ? 0 : await EFFECTS[name]();
    const duty = await dueDuty(suite.flow.db, name, suite.days.now);
    let times = 0;
    const work: (typeof DUTIES)[DutyName] = (...given) => {
      times++;
      return DUTIES[name](...given);
    };
    const each = [1, 2, 3].map(() => carryOutDuty(work, flowWith(), duty, async () => true));
    await Promise.all(each); // those that came too late are no failures
    await carryOut(name, duty); // nor is a hint that comes once more
    expect(times).toBe(1);
    expect(await EFFECTS[name]()).toBeGreaterThan(before);
    expect(await getMeta(suite.flow.db, `duty/${name}`)).toEqual({ plan: "simulated", at: duty.next });
  });

  it("that stood still send no second digest, in other words, after somebody else's", async () => {
    const mine = await dueDuty(suite.flow.db, "digest", suite.days.now);
    const still = standstill();
    const { smtp } = suite.flow;
    await raiseAlert(suite.flow, { ...MALWARE, subject: "news for a digest" });
    const already = suite.standIns.smtp.messages.length;
    const old = carryOut("digest", mine, { smtp: still.late(smtp) });
    await still.reached;
    suite.days.now = plus(suite.days.now, 2 * HOUR);
    await carryOut("digest", await dueDuty(suite.flow.db, "digest", suite.days.now));
    const before = [suite.standIns.smtp.messages.length, await count("deliveries", "channel = 'e-mail'")];
    expect(before[0]).toBeGreaterThan(already);
    still.goOn();
    await old;
    expect([suite.standIns.smtp.messages.length, await count("deliveries", "channel = 'e-mail'")]).toEqual(before);
    expect(said.join()).toContain("stood still for longer than its lease");
  });

  it("that stood still undo nothing that was learned since: advisories", async () => {
    const { osv } = suite.flow;
    const still = standstill();
    const nothing = async (purls: readonly string[]) => new Map(purls.map((purl) => [purl, []] as const));
    const mine = await dueDuty(suite.flow.db, "advisories", suite.days.now);
    const old = carryOut("advisories", mine, { osv: { ...osv, query: still.late(nothing) } });
    await still.reached;
    suite.days.now = plus(suite.days.now, HOUR / 2);
    await carryOut("advisories", await dueDuty(suite.flow.db, "advisories", suite.days.now));
    const known = async () => {
      const { rows } = await suite.flow.db.execute<{ purl: string; facts: unknown }>(
        "select purl, facts, at from headgate.facts where signal = 'advisories' order by purl",
      );
      return rows;
    };
    const before = await known();
    expect(JSON.stringify(before)).toContain("GHSA");
    suite.days.now = plus(suite.days.now, MINUTE);
    still.goOn();
    await old;
    expect(await known()).toEqual(before);
    expect(said.join()).toContain("stood still for longer than its lease");
  });
});
