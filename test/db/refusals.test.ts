import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBackup } from "../../src/db/backup/backup-file.ts";
import { openDatabase, restoreDatabase } from "../../src/db/open/client.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { type Admin, openAdmin } from "../chaos/postgres-admin.ts";
import { NOW } from "../support/build.ts";
import { headgate } from "../support/command.ts";
import { limited } from "../support/database.ts";
import { type Service, startPostgres, startRedis } from "../support/services.ts";

/** What is in a database: its tables with their rows, and what its triggers and functions are called. */
const INVENTORY = `
  select n.nspname || '.' || c.relname as name, c.relkind, (xpath('/row/c/text()', query_to_xml(format(
    'select count(*) as c from %I.%I', n.nspname, c.relname), false, true, '')))[1]::text as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'S') and n.nspname not like 'pg_%' and n.nspname <> 'information_schema' order by 1`;

// side by side: some of them wait for ten seconds
describe.skipIf(limited())("a start with a DATABASE_URL that is not right", { concurrent: true }, () => {
  let server: Service;
  let redis: Service;
  let admin: Admin;
  let folder: string;
  let backup: string;
  const at = (database: string, user = "headgate") =>
    server.url.replace(/\/postgres$/, `/${database}`).replace("headgate@", `${user}@`);

  async function run(database: string, statements: string): Promise<unknown[]> {
    const client = new Client({ connectionString: at(database) });
    await client.connect();
    const result = await client.query(statements);
    await client.end();
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  }

  const start = (url: string) => {
    const cwd = mkdtempSync(join(folder, "start-"));
    writeFileSync(join(cwd, "headgate.yaml"), "watch: [{ path: . }]\nstorage: { directory: data }\nweb: { port: 0 }\n");
    return headgate(["run", "--config", "headgate.yaml"], { cwd, env: { DATABASE_URL: url } });
  };
  const restore = (url: string) => restoreDatabase({ url, dataDir: "unused" }, backup);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "headgate-refusals-"));
    server = await startPostgres();
    redis = await startRedis();
    admin = await openAdmin(server.url);
    await admin.create("used");
    const used = await openDatabase({ url: at("used"), dataDir: "unused" });
    if (isFailure(used)) throw used;
    backup = join(folder, "backup.jsonl.gz");
    await writeBackup(used.db, backup, NOW);
    await used.close();
    await run(
      "postgres",
      "create role stranger login; create role visitor login; create role crowded login connection limit 0",
    );
    for (const name of ["newer", "other_build", "read_only", "lent"]) await admin.copy("used", name);
    for (const name of ["somebody_elses", "another_queue", "not_ours", "begun"]) await admin.create(name);
    await run("newer", "insert into headgate.migrations (hash, created_at) values ('newer', 9999999999999)");
    await run("other_build", "insert into headgate.migrations (hash, created_at) values ('other', 1795222223782)");
    await run("read_only", "alter database read_only set default_transaction_read_only = on");
    await run("somebody_elses", "create schema headgate; create table headgate.ships (name text)");
    await run("begun", "create schema headgate");
    await run("lent", "revoke all on database lent from public; grant connect on database lent to visitor");
    await run("another_queue", "create schema bullmq; create table bullmq.jobs (id text)");
    await run("not_ours", "revoke all on database not_ours from public; grant connect on database not_ours to visitor");
  });
  afterAll(async () => {
    await admin.close();
    await redis.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["of a newer version", "newer", /newer version of Headgate has used this database/],
    ["of another build", "other_build", /Another build of Headgate .*1795222223782/],
    ["that can only be read", "read_only", /can only be read .*name its primary/],
    [
      "with a schema of our name that is somebody else's",
      "somebody_elses",
      /schema "headgate" that Headgate did not make/,
    ],
    ["with somebody else's queue", "another_queue", /Another program keeps its queue/],
  ])("%s is refused in a sentence, with exit code 2, and nothing is touched", async (_title, database, sentence) => {
    const before = await run(database, INVENTORY);
    const { code, err, out } = await start(at(database));
    expect(err).toMatch(sentence);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(await run(database, INVENTORY)).toEqual(before);
    expect(await restore(at(database))).toMatchObject({ message: expect.stringMatching(sentence) });
    expect(await run(database, INVENTORY)).toEqual(before);
  });

  it("into which a backup cannot be restored keeps what it has: the user may not make its schema again", async () => {
    await run("lent", "grant all on all tables in schema headgate to visitor; grant all on schema headgate to visitor");
    const before = await run("lent", INVENTORY);
    const refused = { code: "misconfigured", message: expect.stringContaining("GRANT CREATE ON DATABASE") };
    expect(await restore(at("lent", "visitor"))).toMatchObject(refused);
    expect(await run("lent", INVENTORY)).toEqual(before);
  });

  it("with a schema that somebody began to make, and was ended, is taken", async () => {
    const opened = await openDatabase({ url: at("begun"), dataDir: "unused" });
    if (isFailure(opened)) throw opened;
    await opened.close();
  });

  it("where the user may not create anything is refused, with what to grant", async () => {
    const { code, err } = await start(at("not_ours", "visitor"));
    expect(err).toMatch(/GRANT CREATE ON DATABASE/);
    expect(code).toBe(2);
  });

  it.each([
    ["a database that does not exist", () => at("nowhere"), /no database "nowhere".*createdb nowhere/],
    ["a user that does not exist", () => at("used", "nobody"), /refuses user "nobody"/],
    [
      "a user who has all connections already",
      () => at("used", "crowded"),
      /takes no more connections: raise max_conn/,
    ],
    ["a port that nobody listens on", () => "postgres://u:geheim@127.0.0.1:1/x", /127\.0\.0\.1:1 cannot be used/],
    ["a server that is no PostgreSQL", () => redis.url.replace("redis:", "postgres:"), /cannot be used|no PostgreSQL/],
    ["an address of something else", () => "https://user:geheim@example.org", /looks like postgres:\/\//],
  ])("%s is refused in a sentence, with exit code 2", async (_title, url, sentence) => {
    const { code, err, out } = await start(url());
    expect(err).toMatch(sentence);
    expect(err.trim().split("\n").length).toBeLessThan(4);
    expect(err).not.toContain("geheim");
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  describe("of a user whose password is asked for", () => {
    beforeAll(async () => {
      await run("postgres", "create role guarded login password 'the-right-one'");
      const [shown] = (await run("postgres", "show hba_file")) as { hba_file: string }[];
      const file = shown?.hba_file ?? "";
      writeFileSync(file, `host all guarded 127.0.0.1/32 scram-sha-256\n${readFileSync(file, "utf8")}`);
      await run("postgres", "select pg_reload_conf()");
      const enters = async () => {
        const client = new Client({ connectionString: at("used", "guarded") });
        const entered = await client.connect().then(
          () => true,
          () => false,
        );
        await client.end().catch(() => undefined);
        return entered;
      };
      while (await enters()) await pause(50); // the server takes it over when it comes to it
    });

    it.each([
      ["is wrong", "guarded:geheim", /refuses user "guarded": check the user and password/],
      ["is missing", "guarded", /wants a password of user "guarded": DATABASE_URL has none/],
      ["is empty", "guarded:", /wants a password of user "guarded": DATABASE_URL has none/],
    ])("is refused in a sentence where it %s, and let in with it", async (_title, user, sentence) => {
      const { code, err, out } = await start(at("used", user));
      expect(err).toMatch(sentence);
      expect(err).not.toContain("geheim");
      expect({ code, out }).toEqual({ code: 2, out: "" });
      const right = new Client({ connectionString: at("used", "guarded:the-right-one") });
      await right.connect();
      await right.end();
    });
  });

  it("that leads to a server which says nothing is refused after a while, not waited for", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, err } = await start(`postgres://u@127.0.0.1:${port}/x`);
    silent.close();
    expect(err).toMatch(/cannot be used/);
    expect(code).toBe(2);
  });
});
