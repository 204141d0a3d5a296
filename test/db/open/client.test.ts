import { mkdtempSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/db/open/client.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { copyEmpty, limited, STORES } from "../../support/database.ts";
import { type Service, startPostgres } from "../../support/services.ts";

async function mustOpen(options: { url?: string | undefined; dataDir: string }) {
  const opened = await openDatabase(options);
  if (isFailure(opened)) throw opened;
  return opened;
}

describe.each(STORES)("opening the %s store", (kind) => {
  let dataDir: string;
  let server: Service | undefined;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "headgate-client-"));
    server = kind === "server" ? await startPostgres() : undefined;
    if (server === undefined) await copyEmpty(dataDir);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const options = () => ({ url: server?.url, dataDir });

  it("brings an empty one up to date, and finds what was stored when it is opened again", async () => {
    const first = await mustOpen(options());
    expect(first.kind).toBe(kind);
    await first.db.execute(sql`insert into headgate.meta values ('key', '"value"')`);
    await first.close();
    const second = await mustOpen(options());
    expect((await second.db.execute(sql`select value from headgate.meta`)).rows).toEqual([{ value: "value" }]);
    await second.close();
  });

  it("leaves one alone that a newer version has used", async () => {
    const store = await mustOpen(options());
    await store.db.execute(sql`insert into headgate.migrations (hash, created_at) values ('newer', 9999999999999)`);
    await store.close();
    const refused = await openDatabase(options());
    expect(refused).toMatchObject({ code: "misconfigured", message: expect.stringContaining("newer version") });
    // The refusal lets go of what it took: the same is said again, not that the store is in use.
    expect(await openDatabase(options())).toMatchObject({ code: "misconfigured" });
  });
});

describe("the directory of the embedded store", () => {
  it("is readable for its owner only, and one process has it at a time", async () => {
    const dataDir = join(mkdtempSync(join(tmpdir(), "headgate-client-")), "data");
    await copyEmpty(dataDir);
    const store = await mustOpen({ dataDir });
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(await openDatabase({ dataDir })).toMatchObject({ code: "conflict" });
    await store.close();
    rmSync(join(dataDir, ".."), { recursive: true });
  });
});

describe("a new connection to a server", () => {
  it("says at its start only what PgBouncer lets through (ignore_startup_parameters, pgbouncer.org/config.html)", async () => {
    const started = Promise.withResolvers<string[]>();
    const bouncer = createServer((socket) => {
      socket.once("data", (message) => {
        started.resolve(message.subarray(8).toString("latin1").split("\0")); // after length and version: name, value, …
        socket.destroy();
      });
    });
    await new Promise<void>((listening) => bouncer.listen(0, "127.0.0.1", listening));
    const { port } = bouncer.address() as AddressInfo;
    const refused = await openDatabase({ url: `postgres://me@127.0.0.1:${port}/headgate`, dataDir: tmpdir() });
    bouncer.close();
    expect(refused).toMatchObject({ code: "unavailable" });
    const names = (await started.promise).filter((_, index) => index % 2 === 0).filter((name) => name !== "");
    const allowed = ["user", "database", "client_encoding", "application_name", "datestyle", "timezone"];
    expect(names).toContain("user");
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

describe("a database address that does not work", () => {
  it.each([
    ["mysql://user:geheim@localhost/x", "misconfigured", "postgres://"],
    ["localhost:5432", "misconfigured", "postgres://"],
    ["postgres://user:geheim@127.0.0.1:1/x", "unavailable", "127.0.0.1:1"],
  ])("%s is a failure that says what to do, without the password", async (url, code, hint) => {
    const failure = await openDatabase({ url, dataDir: "unused" });
    expect(failure).toMatchObject({ code, message: expect.stringContaining(hint) });
    expect(JSON.stringify(failure) + String(failure)).not.toContain("geheim");
  });

  it.skipIf(limited())("names the database that does not exist", async () => {
    const server = await startPostgres();
    const failure = await openDatabase({ url: server.url.replace(/\/postgres$/, "/nowhere"), dataDir: "unused" });
    await server.stop();
    expect(failure).toMatchObject({ code: "misconfigured", message: expect.stringContaining("createdb nowhere") });
  });

  it.skipIf(limited())("lets processes that start together migrate one after the other", async () => {
    const server = await startPostgres();
    const opened = await Promise.all([1, 2, 3].map(() => mustOpen({ url: server.url, dataDir: "unused" })));
    const applied = await opened[0]?.db.execute(
      sql`select count(*)::int as count, count(distinct hash)::int as distinct from headgate.migrations`,
    );
    await Promise.all(opened.map((store) => store.close()));
    await server.stop();
    const [row] = applied?.rows ?? [];
    expect(row?.count).toBe(row?.distinct);
  });
});
