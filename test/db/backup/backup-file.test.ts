import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { keepBackup, keptBackups, readBackup, writeBackup } from "../../../src/db/backup/backup-file.ts";
import { recordHumanDecision } from "../../../src/db/decisions/human-decisions.ts";
import { recordDelivery } from "../../../src/db/deliveries/deliveries.ts";
import { appendEvent, eventsSince } from "../../../src/db/deliveries/events.ts";
import { openDatabase, restoreDatabase } from "../../../src/db/open/client.ts";
import { replacePins } from "../../../src/db/projects/pins.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import { setMeta } from "../../../src/db/service/meta.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Log } from "../../../src/lib/log.ts";
import { aPin, NOW } from "../../support/build.ts";
import { copyEmpty, copyMigrated, openTestDatabase, STORES } from "../../support/database.ts";
import { aFolder } from "../../support/folder.ts";

async function must<Value>(made: Promise<Value>): Promise<Exclude<Value, Error>> {
  const value = await made;
  if (isFailure(value)) throw value;
  return value as Exclude<Value, Error>;
}

async function fill(store: Awaited<ReturnType<typeof openTestDatabase>>): Promise<void> {
  const { db } = store;
  await ensureProjects(db, [{ id: "p", name: "p", source: { kind: "path", path: "/p" }, ignorePaths: [] }], NOW);
  const pins = Array.from({ length: 1_203 }, (_, line) => aPin({ line, upstream: `pkg:pypi/one-${line}` }));
  await replacePins(db, "p", { pins, problems: [] }, NOW);
  const said = {
    project: "p",
    upstream: "pkg:pypi/one-1",
    action: "hold",
    by: "maintainer ✓",
    reason: 'a "quoted"\\ line\nand more',
  } as const;
  await recordHumanDecision(db, { ...said, at: NOW });
  await appendEvent(db, { kind: "alert", data: { text: "\u2028\u0007 ü 漢 🚢" } }, NOW);
  const subject = { kind: "candidate", id: "c" } as const;
  await recordDelivery(db, { key: "k", channel: "pull-request", subject, state: "sent", at: NOW, url: "https://x" });
  await setMeta(db, "key", { nested: [1, null, "x"] });
}

/** Every row of every table, as text, in an order that does not depend on where it lies. */
async function contents(pool: { query: (text: string) => Promise<{ rows: unknown[] }> }): Promise<unknown[]> {
  const { rows } = await pool.query(`
    select c.relname as table, md5(coalesce(xmlserialize(content query_to_xml(format(
      'select row_to_json(t)::text as r from headgate.%I t order by 1', c.relname), true, false, '') as text), '')) as digest
    from pg_class c where c.relnamespace = 'headgate'::regnamespace and c.relkind = 'r'
      and c.relname not in ('migrations', 'replicas') order by 1`);
  return rows;
}

describe.each(STORES)("a backup of the %s store", (kind) => {
  it("comes back as it was, in an empty store of either kind, and its numbers go on", async () => {
    const store = await openTestDatabase(kind);
    await fill(store);
    const file = join(aFolder(), "backup.jsonl.gz");
    const written = await must(writeBackup(store.db, file, NOW));
    expect(written.rows).toBeGreaterThan(1_203);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await writeBackup(store.db, file, NOW)).toMatchObject({ code: "conflict" });
    expect(await readBackup(store.pool, file)).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("not empty"),
    });
    const before = store.kind === "embedded" ? undefined : await contents(store.pool);
    const other = await openTestDatabase("embedded");
    expect(await must(readBackup(other.pool, file))).toMatchObject({ at: NOW, rows: written.rows });
    if (before !== undefined) {
      const third = await openTestDatabase("server");
      await must(readBackup(third.pool, file));
      expect(await contents(third.pool)).toEqual(before);
      await third.close();
    }
    const [event] = await eventsSince(other.db, { after: 0 });
    expect(event?.data).toEqual({ text: "\u2028\u0007 ü 漢 🚢" });
    const audited = await other.db.execute(sql`select count(*)::int as count from headgate.audit`);
    expect(audited.rows).toEqual([{ count: 2 }]); // what was put back is not told a second time
    expect(await appendEvent(other.db, { kind: "alert" }, NOW)).toBeGreaterThan(event?.id ?? 0);
    await Promise.all([store.close(), other.close()]);
  });
});

describe("a backup that is not right", () => {
  const written = async () => {
    const store = await openTestDatabase();
    await fill(store);
    const file = join(aFolder(), "backup.jsonl.gz");
    await must(writeBackup(store.db, file, NOW));
    await store.close();
    return { file, text: gunzipSync(readFileSync(file)).toString() };
  };

  it("is refused, and leaves an empty store behind", async () => {
    const { file, text } = await written();
    const cases = [
      ["cut short", text.slice(0, text.length / 2), /cut short|damaged|cannot be read/],
      ["without its last line", text.trimEnd().split("\n").slice(0, -1).join("\n"), /cut short/],
      ["changed", text.replace("maintainer", "stranger"), /damaged: the rows of/],
      ["of a newer version", text.replace(/"schema":\d+/, '"schema":9999999999999'), /newer version/],
      ["of another build", text.replace(/"schema":\d+/, '"schema":1795222223782'), /Another build/],
      ["of something else", '{"hello":"world"}\n', /not a backup/],
    ] as const;
    const store = await openTestDatabase();
    for (const [name, changed, sentence] of cases) {
      writeFileSync(file, gzipSync(changed));
      const failure = await readBackup(store.pool, file);
      expect(isFailure(failure) ? failure.message : "restored", name).toMatch(sentence);
    }
    writeFileSync(file, "no gzip at all");
    expect(isFailure(await readBackup(store.pool, file))).toBe(true);
    writeFileSync(file, gzipSync(text));
    truncateSync(file, Math.floor(statSync(file).size / 2));
    expect(isFailure(await readBackup(store.pool, file))).toBe(true);
    writeFileSync(file, gzipSync(text));
    await must(readBackup(store.pool, file));
    await store.close();
  });

  it("with a line without an end is given up before memory is", async () => {
    const file = join(aFolder({}), "bomb.jsonl.gz");
    writeFileSync(file, gzipSync(Buffer.alloc(96 * 1024 * 1024, "a")));
    const before = process.memoryUsage().rss;
    expect(await readBackup(undefined as never, file)).toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("a line that no backup has"),
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it("of an older schema is put back as it was, and then brought up to date", async () => {
    const { file, text } = await written();
    const older = text
      .split("\n")
      .map((line) => (line.startsWith('{"headgate"') ? JSON.parse(line) : undefined))
      .find((head) => head !== undefined) as { tables: string[] };
    const journal = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../../migrations/meta/_journal.json"), "utf8"),
    );
    const first = journal.entries[0].when as number;
    const head = { ...older, schema: first, tables: ["meta"] };
    const row = '{"key":"kept","value":7}';
    const digest = (await import("node:crypto")).createHash("sha256").update(`${row}\n`).digest("hex");
    const foot = { end: "table", table: "meta", rows: 1, sha256: digest };
    writeFileSync(
      file,
      gzipSync(
        [head, foot, { end: "backup", rows: 1 }]
          .map((line, index) => (index === 1 ? `${row}\n` : "") + JSON.stringify(line))
          .join("\n"),
      ),
    );
    const dataDir = aFolder();
    await copyEmpty(dataDir);
    await must(restoreDatabase({ dataDir }, file));
    const store = await must(openDatabase({ dataDir }));
    expect((await store.db.execute(sql`select value from headgate.meta where key = 'kept'`)).rows).toEqual([
      { value: 7 },
    ]);
    expect((await store.db.execute(sql`select count(*)::int as count from headgate.audit`)).rows).toEqual([
      { count: 0 },
    ]);
    await store.close();
  });
});

describe("an embedded store", () => {
  const log = (said: string[]): Log => {
    const say = (message: string) => void said.push(message);
    return { info: say, warn: say, error: say };
  };

  it("is backed up before it is migrated", async () => {
    const dataDir = aFolder();
    await copyEmpty(dataDir);
    const store = await must(openDatabase({ dataDir }));
    await setMeta(store.db, "key", "value");
    const newest = "(select max(created_at) from headgate.migrations)";
    await store.pool.query("drop table headgate.audit cascade");
    await store.pool.query(
      "drop function headgate.refuse_change, headgate.audit_decision, headgate.audit_human_decision, headgate.audit_vouch, headgate.audit_alert, headgate.audit_delivery cascade",
    );
    await store.pool.query(
      `delete from headgate.migrations where created_at > (select created_at from headgate.migrations where created_at < ${newest} order by 1 desc limit 1)`,
    );
    await store.close();
    const said: string[] = [];
    const again = await openDatabase({ dataDir, log: log(said) });
    if (!isFailure(again)) await again.close();
    expect(keptBackups(dataDir)).toHaveLength(1);
    expect(said.join()).toMatch(/migrated to this version; .* holds it as it was/);
  });

  it.each([
    ["its control file is gone", (store: string) => rmSync(join(store, "global/pg_control"))],
    ["its control file is empty", (store: string) => truncateSync(join(store, "global/pg_control"), 0)],
    ["its version is gone", (store: string) => rmSync(join(store, "PG_VERSION"))],
    [
      "its files are full of zeros",
      (store: string) => {
        for (const name of readdirSync(join(store, "base/5"))) {
          const path = join(store, "base/5", name);
          if (statSync(path).isFile()) writeFileSync(path, Buffer.alloc(statSync(path).size));
        }
      },
    ],
  ])("that is damaged (%s) is put back from its newest backup, and says so", async (_what, damage) => {
    const dataDir = aFolder();
    await copyMigrated(dataDir);
    const store = await must(openDatabase({ dataDir }));
    await setMeta(store.db, "key", "kept");
    await must(keepBackup(store.db, dataDir, NOW));
    await must(keepBackup(store.db, dataDir, plus(NOW, DAY)));
    await setMeta(store.db, "key", "later");
    await store.close();
    damage(join(dataDir, "pglite"));
    const said: string[] = [];
    const again = await must(openDatabase({ dataDir, log: log(said) }));
    const { rows } = await again.db.execute(sql`select value from headgate.meta where key = 'key'`);
    await again.close();
    expect(rows).toEqual([{ value: "kept" }]);
    expect(said.join()).toMatch(new RegExp(`store was damaged .* as it was at ${plus(NOW, DAY)}`));
    expect(readdirSync(dataDir).some((name) => name.startsWith("pglite.damaged-"))).toBe(true);
  });

  it("that is damaged and has no backup stays as it is, and says what to do", async () => {
    const dataDir = aFolder();
    await copyMigrated(dataDir);
    rmSync(join(dataDir, "pglite/global/pg_control"));
    expect(await openDatabase({ dataDir })).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("Restore it"),
    });
    expect(readdirSync(dataDir)).toContain("pglite");
  });
});
