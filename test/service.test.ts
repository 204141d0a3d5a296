import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { configFor, startStandIns } from "./demo/stand-ins.ts";
import { demoWorld } from "./demo/world.ts";
import { headgate, startCommand, startDaemon } from "./support/command.ts";
import { copyEmpty, limited } from "./support/database.ts";
import { aFolder } from "./support/folder.ts";
import { startPostgres, startRedis } from "./support/services.ts";

describe("the daemon", () => {
  it("says which port is taken, what to do, and starts nothing", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const folder = aFolder({ "headgate.yaml": `watch: [{ path: . }]\nweb: { port: ${port} }\n` });
    await copyEmpty(join(folder, "data"));
    const { code, err, out } = await headgate(["run", "--config", "headgate.yaml"], { cwd: folder });
    other.close();
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`127\\.0\\.0\\.1:${port} cannot be listened on .*set web\\.port`));
    expect(out).not.toContain("is watching");
  });

  it("stops in the middle of polls that never answer, without a word of error", async () => {
    const world = demoWorld(() => new Date().toISOString());
    const standIns = await startStandIns(world);
    for (const one of [standIns.pypi, standIns.hub]) one.fail(() => true, "hang");
    const folder = aFolder();
    await copyEmpty(join(folder, "data"));
    writeFileSync(join(folder, "headgate.yaml"), configFor(standIns, join(folder, "data")));
    const daemon = await startDaemon(join(folder, "headgate.yaml"), { GITHUB_TOKEN: world.token });
    const hanging = () => [standIns.pypi, standIns.hub].map(({ requests }) => requests.length > 0);
    await expect.poll(hanging, WAIT).toEqual([true, true]);
    const { code, err } = await daemon.stop();
    await standIns.close();
    expect(code).toBe(0);
    expect(err.split("\n").filter((line) => line !== "" && !line.includes('"level":"info"'))).toEqual([]);
  });

  it("takes over a configuration on SIGHUP, keeps the old one when the new one is wrong, and says what needs a restart", async () => {
    const folder = aFolder({ "one/Dockerfile": "FROM scratch\n", "two/Dockerfile": "FROM scratch\n" });
    const file = join(folder, "headgate.yaml");
    const write = (watch: string, port = 0) =>
      writeFileSync(
        file,
        `watch: [${watch}]\nstorage: { directory: "${join(folder, "data")}" }\nweb: { port: ${port} }\n`,
      );
    write(`{ path: "${join(folder, "one")}" }`);
    await copyEmpty(join(folder, "data"));
    const daemon = await startDaemon(file, {});
    writeFileSync(file, "watch: [{ paht: . }]\nschedule: { digest: never }\n");
    daemon.signal("SIGHUP");
    await expect.poll(() => daemon.printed().err, WAIT).toMatch(/stays as it was.*paht/s);
    write(`{ path: "${join(folder, "two")}" }`, 1);
    daemon.signal("SIGHUP");
    await expect.poll(() => daemon.printed().err, WAIT).toMatch(/count from the next start on: web\.port/);
    const { url, token } = addressOf(join(folder, "data"));
    const asked = await fetch(`${url}/api/commands/check-health`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(await asked.text()).toContain("1 watched: two");
    expect((await daemon.stop()).code).toBe(0);
  });

  it.skipIf(limited())("is ready while store and queue answer, and names the one that does not", async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const folder = aFolder({
      "headgate.yaml": "watch: [{ path: . }]\nstorage: { directory: data }\nweb: { port: 0 }\n",
    });
    const config = `watch: [{ path: "${folder}" }]\nstorage: { directory: "${join(folder, "data")}" }\nweb: { port: 0 }\n`;
    writeFileSync(join(folder, "headgate.yaml"), config);
    const daemon = await startDaemon(join(folder, "headgate.yaml"), {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
    });
    const { url } = addressOf(join(folder, "data"));
    const ready = async () => {
      const answer = await fetch(`${url}/readyz`);
      const { missing = [] } = (await answer.json()) as { missing?: { part: string }[] };
      return { status: answer.status, missing: missing.map(({ part }) => part) };
    };
    await expect.poll(ready, WAIT).toEqual({ status: 200, missing: [] });
    await redis.stop();
    expect(await ready()).toEqual({ status: 503, missing: ["queue"] });
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("insert into headgate.migrations (hash, created_at) values ('newer', 9999999999999)");
    await client.end();
    expect((await ready()).missing).toEqual(["migrations", "queue"]);
    await postgres.stop();
    expect((await ready()).missing).toEqual(["database", "queue"]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await daemon.stop(); // by itself, with both servers away
  });

  it.skipIf(limited())("that Redis refuses ends before any store is made", async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url);
    await client.config("SET", "requirepass", "the-right-one");
    client.disconnect();
    const folder = aFolder({ "headgate.yaml": "watch: [{ path: . }]\nstorage: { directory: data }\n" });
    const env = { REDIS_URL: redis.url.replace("redis://", "redis://:geheim@") };
    const { code, err } = await headgate(["run", "--config", "headgate.yaml"], { cwd: folder, env });
    await redis.stop();
    expect(err).toMatch(/refuses us: check the password in REDIS_URL/);
    expect(err).not.toContain("geheim");
    expect({ code, made: existsSync(join(folder, "data")) }).toEqual({ code: 2, made: false });
  });

  it.skipIf(limited())("ends with what it heard when the store fails in the middle of its start", async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const folder = aFolder({
      "headgate.yaml": "watch: [{ path: . }]\nstorage: { directory: data }\nweb: { port: 0 }\n",
    });
    const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
    await (await startDaemon(join(folder, "headgate.yaml"), env)).stop();
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("alter table headgate.meta rename to away"); // as if the server went away after the queue was opened
    const worker = ["run", "--config", "headgate.yaml", "--role", "worker"];
    const { code, err } = await headgate(worker, { cwd: folder, env });
    expect(err.trim()).toBe(
      'headgate: The store failed in the middle of the start: relation "headgate.meta" does not exist',
    );
    expect(code).toBe(2);
    await client.end();
    await Promise.all([postgres.stop(), redis.stop()]);
  });

  it.skipIf(limited())(
    "that is told to stop while its start waits for the store says what it waits for, and ends at once at a second signal",
    async () => {
      const postgres = await startPostgres();
      const folder = aFolder({
        "headgate.yaml": "watch: [{ path: . }]\nstorage: { directory: data }\nweb: { port: 0 }\n",
      });
      const file = join(folder, "headgate.yaml");
      const env = { DATABASE_URL: postgres.url };
      await (await startDaemon(file, env)).stop();
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      const other = new Client({ connectionString: postgres.url }); // within a transaction that view stays as it was
      await other.connect();
      await client.query("begin; lock table headgate.migrations in access exclusive mode"); // as a migration that takes long
      const command = startCommand(["run", "--config", file], { env });
      const waits = "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock'";
      await expect.poll(async () => (await other.query(waits)).rows[0]?.count, WAIT).toBe(1);
      command.signal("SIGTERM");
      await expect.poll(() => command.printed().out, WAIT).toContain("Stopping once the start has ended");
      command.signal("SIGTERM");
      expect((await command.finished).code).toBe(130);
      await Promise.all([client.end(), other.end()]);
      await postgres.stop();
    },
  );

  it.skipIf(limited())(
    "logs in lines of JSON alone, also what libraries print of a Redis that drops keys",
    async () => {
      const redis = await startRedis();
      const client = new Redis(redis.url);
      await client.config("SET", "maxmemory-policy", "allkeys-lru", "maxmemory", "100mb");
      client.disconnect();
      const folder = aFolder();
      await copyEmpty(join(folder, "data"));
      const config = `watch: [{ path: "${folder}" }]\nstorage: { directory: "${join(folder, "data")}" }\nweb: { port: 0 }\n`;
      writeFileSync(join(folder, "headgate.yaml"), config);
      const daemon = await startDaemon(join(folder, "headgate.yaml"), { REDIS_URL: redis.url });
      await expect.poll(() => daemon.printed().err, WAIT).toContain("Eviction policy is allkeys-lru");
      const { err } = await daemon.stop();
      await redis.stop();
      const lines = err.split("\n").filter((line) => line !== "");
      expect(lines.filter((line) => !line.startsWith("{") || !line.endsWith("}"))).toEqual([]);
    },
  );

  it.skipIf(limited())(
    "gives back what it had taken when it stops in the middle of polls, and ends at once at a second signal",
    async () => {
      const postgres = await startPostgres();
      const world = demoWorld(() => new Date().toISOString());
      const standIns = await startStandIns(world);
      standIns.pypi.fail(() => true, "hang");
      const folder = aFolder();
      writeFileSync(join(folder, "headgate.yaml"), configFor(standIns, join(folder, "data")));
      const env = { GITHUB_TOKEN: world.token, DATABASE_URL: postgres.url };
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      const leased = async () => {
        const { rows } = await client.query(
          "select (count(*) filter (where purl like 'pkg:pypi/%') * 100 + count(*))::int as count from headgate.upstreams where leased_until is not null",
        );
        return rows[0]?.count as number;
      };
      const first = await startDaemon(join(folder, "headgate.yaml"), env);
      await expect.poll(leased, WAIT).toBe(ONLY_HANGING);
      // A batch that no worker has begun stays in the queue with its lease, so it has to have begun.
      await expect
        .poll(() => standIns.pypi.requests.filter(({ path }) => path.startsWith("/simple/")).length, WAIT)
        .toBeGreaterThanOrEqual(5);
      expect((await first.stop()).code).toBe(0);
      expect(await leased()).toBe(0);
      const second = await startDaemon(join(folder, "headgate.yaml"), env);
      await expect.poll(leased, WAIT).toBe(ONLY_HANGING);
      second.signal("SIGTERM");
      await expect.poll(() => second.printed().out, WAIT).toContain("Stopping");
      second.signal("SIGTERM");
      expect((await second.finished).code).toBe(130);
      await client.end();
      await Promise.all([standIns.close(), postgres.stop()]);
    },
  );
});

/** Five packages are being asked for, and nothing else: see the query. */
const ONLY_HANGING = 505;

const WAIT = { interval: 200 };

function addressOf(data: string): { url: string; token: string } {
  return JSON.parse(readFileSync(join(data, "daemon.json"), "utf8"));
}
