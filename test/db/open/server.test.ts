import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectServer } from "../../../src/db/open/server.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { limited } from "../../support/database.ts";
import { type Service, startPostgres } from "../../support/services.ts";
import { startTransactionPooler } from "../../support/transaction-pooler.ts";

describe.skipIf(limited())("a server of PostgreSQL", () => {
  let server: Service;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it("is refused behind a pooler that gives sessions to transactions, with what to set, and nothing is touched", async () => {
    const pooler = await startTransactionPooler(server.url);
    const refused = await connectServer(pooler.url);
    await pooler.close();
    expect(refused).toMatchObject({
      code: "misconfigured",
      message: expect.stringMatching(/pool_mode = transaction.*Set pool_mode = session/),
    });
  });

  it("is taken where every connection has a session of its own", async () => {
    const pool = await connectServer(server.url);
    if (isFailure(pool)) throw pool;
    await pool.end();
  });

  it("that has one connection left says so at the start, and how many are needed", async () => {
    const admin = new Client({ connectionString: server.url });
    await admin.connect();
    await admin.query("create role few login connection limit 1");
    const refused = await connectServer(server.url.replace("headgate@", "few@"));
    await admin.end();
    expect(refused).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("takes no more connections"),
    });
  });
});
