import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releasesOfEach } from "../../../src/db/releases/releases.ts";
import { releases } from "../../../src/db/schema/releases.ts";
import { facts } from "../../../src/db/schema/upstreams.ts";
import { eachOf } from "../../../src/db/sql/each-of.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { factsOf } from "../../../src/db/upstreams/facts.ts";
import { openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

const UPSTREAMS = 1_000;
const PURLS = Array.from({ length: 100 }, (_, index) => `pkg:pypi/tool-${index * 7}`);

describe.each(STORES)("rows of many upstreams in the %s store, which nobody analysed", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
    await store.db.execute(sql`
      insert into ${releases} (purl, tag, version, published_by, state, digests, assets, first_seen_at, content_first_seen_at, baseline)
      select 'pkg:pypi/tool-' || upstream, 'v' || tag, tag::text, 'registry', 'released', '{}', '[]', now(), now(), true
        from generate_series(1, 20) tag, generate_series(0, ${UPSTREAMS - 1}::int) upstream`);
    await store.db.execute(sql`
      insert into ${facts} (purl, signal, facts, source, at, expires_at)
      select 'pkg:pypi/tool-' || upstream, 'signal-' || signal, '{}', 'test', now(), now()
        from generate_series(1, 5) signal, generate_series(0, ${UPSTREAMS - 1}::int) upstream`);
  });
  afterAll(() => store?.close());

  async function planOf(from: ReturnType<typeof eachOf>): Promise<string> {
    return store.db.transaction(async (tx) => {
      await tx.execute(sql`set local jit_above_cost = 0`); // as for a table that is large enough
      const { rows } = await tx.execute<Record<string, string>>(sql`explain select json_agg(tag) from ${from}`);
      return rows.flatMap((row) => Object.values(row)).join("\n");
    });
  }

  it("are looked up, not searched for in the whole table, and compiled by nobody", async () => {
    const plan = await planOf(eachOf(releases.purl, PURLS));
    expect(plan).toContain("releases_purl_tag_pk");
    expect(plan).not.toMatch(/Seq Scan|JIT/);
  });

  it("come once, however often an upstream is named", async () => {
    const found = await releasesOfEach(store.db, [...PURLS, ...PURLS, "pkg:pypi/unknown"]);
    expect(found.size).toBe(PURLS.length);
    expect([...found.values()].map((all) => all.length)).toEqual(PURLS.map(() => 20));
  });

  it("are only those that are asked for", async () => {
    expect((await factsOf(store.db, PURLS)).size).toBe(5 * PURLS.length);
    expect((await factsOf(store.db, PURLS, ["signal-2", "signal-9"])).size).toBe(PURLS.length);
    expect((await factsOf(store.db, [])).size).toBe(0);
  });
});
