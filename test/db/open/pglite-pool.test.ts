import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestDatabase, STORES, type TestDatabase } from "../../support/database.ts";

/** What the embedded pool promises is what `pg.Pool` does: the same questions to both. */
describe.each(STORES)("the pool of the %s store", (kind) => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await openTestDatabase(kind);
    await store.pool.query("create table public.things (name text)");
  });
  afterAll(() => store?.close());

  async function names(): Promise<string[]> {
    const { rows } = await store.pool.query<{ name: string }>("select name from public.things order by name");
    await store.pool.query("truncate public.things");
    return rows.map(({ name }) => name);
  }

  it("keeps statements of others out of a transaction, so that they survive its rollback", async () => {
    const client = await store.pool.connect();
    await client.query("BEGIN");
    await client.query("insert into public.things values ($1)", ["theirs"]);
    const ours = store.pool.query("insert into public.things values ('ours')");
    await client.query("ROLLBACK");
    client.release();
    await ours;
    expect(await names()).toEqual(["ours"]);
  });

  it("keeps two transactions apart", async () => {
    const insert = async (name: string, end: string) => {
      const client = await store.pool.connect();
      await client.query("BEGIN");
      await client.query("insert into public.things values ($1)", [name]);
      await client.query("select pg_sleep(0.01)");
      await client.query(end);
      client.release();
    };
    await Promise.all([insert("a", "COMMIT"), insert("b", "ROLLBACK"), insert("c", "COMMIT")]);
    expect(await names()).toEqual(["a", "c"]);
  });

  it("goes on after an error inside a transaction, and keeps what a savepoint kept", async () => {
    const client = await store.pool.connect();
    await client.query("BEGIN");
    await client.query("insert into public.things values ('kept')");
    await client.query("SAVEPOINT one");
    await expect(client.query("select nonsense")).rejects.toMatchObject({ code: "42703" });
    await client.query("ROLLBACK TO SAVEPOINT one");
    await client.query("COMMIT");
    client.release();
    expect(await names()).toEqual(["kept"]);
  });

  it("rolls a transaction back that is left by letting the client go", async () => {
    const client = await store.pool.connect();
    await client.query("BEGIN");
    await client.query("insert into public.things values ('forgotten')");
    client.release(true);
    expect(await names()).toEqual([]);
  });

  it("hears what others notify, until the client is let go", async () => {
    const client = await store.pool.connect();
    const heard = new Promise((resolve) => client.on("notification", resolve));
    await client.query("LISTEN news");
    await store.pool.query("select pg_notify('news', 'hello')");
    expect(await heard).toMatchObject({ channel: "news", payload: "hello" });
    client.removeAllListeners();
    client.release(true);
  });

  it("gives values in the types of pg", async () => {
    const { rows, rowCount } = await store.pool.query(
      `select 9007199254740993::int8 as big, 1.50::numeric as exact, '{"a":1}'::jsonb as json, null as nothing, true as yes,
        '2026-11-20T12:00:00Z'::timestamptz as moment, array['a','b'] as list, $1::text as given`,
      ["x"],
    );
    expect(rows).toEqual([
      {
        big: "9007199254740993",
        exact: "1.50",
        json: { a: 1 },
        nothing: null,
        yes: true,
        moment: new Date("2026-11-20T12:00:00Z"),
        list: ["a", "b"],
        given: "x",
      },
    ]);
    expect(rowCount).toBe(1);
  });

  it("counts the rows that a statement changed", async () => {
    await store.pool.query("insert into public.things values ('a'), ('b')");
    expect((await store.pool.query("update public.things set name = name || '!'")).rowCount).toBe(2);
    expect(await names()).toEqual(["a!", "b!"]);
  });
});
