import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/db/open/client.ts";
import { lockDirectory } from "../../../src/db/open/lock.ts";
import { sql } from "../../../src/db/sql/orm.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import { copyMigrated } from "../../support/database.ts";

/** Opens the store, then writes rows as fast as it can and says the number of each one that was acknowledged. */
const WRITER = `
  const { openDatabase } = await import(process.argv[1]);
  const store = await openDatabase({ dataDir: process.argv[2] });
  if (store instanceof Error) throw store;
  for (let number = 0; ; number++) {
    await store.pool.query("insert into headgate.meta values ($1, $2)", ["row-" + String(number).padStart(6, "0"), "{}"]);
    console.log(number);
  }
`;

describe("a data directory", () => {
  let directory: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "headgate-lock-"));
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    child = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  /** Starts the writer and waits until it has acknowledged `rows`; gives back the process and how to kill it. */
  async function startWriter(rows: number) {
    const client = new URL("../../../src/db/open/client.ts", import.meta.url).href;
    const writer = spawn(process.execPath, ["--input-type=module", "-e", WRITER, client, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = writer;
    const gone = new Promise((resolve) => writer.once("exit", resolve));
    let acknowledged = -1;
    const lines = createInterface({ input: writer.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => {
        acknowledged = Number(line);
        if (acknowledged >= rows) resolve();
      });
      void gone.then(() => reject(new Error("the writer stopped too soon")));
    });
    const kill = async () => {
      writer.kill("SIGKILL");
      await gone;
      return acknowledged;
    };
    return { pid: writer.pid, kill };
  }

  it("belongs to one holder at a time", () => {
    const lock = lockDirectory(directory);
    if (isFailure(lock)) throw lock;
    expect(lockDirectory(directory)).toMatchObject({ code: "conflict" });
    lock.release();
    const next = lockDirectory(directory);
    expect(isFailure(next)).toBe(false);
    if (!isFailure(next)) next.release();
  });

  it("that cannot be made is a failure", () => {
    expect(lockDirectory("/dev/null/data")).toMatchObject({ code: "misconfigured" });
  });

  it("is refused to a second process, is free when the first is killed, and has every row that was acknowledged", async () => {
    await copyMigrated(directory);
    const writer = await startWriter(50);
    const refused = await openDatabase({ dataDir: directory });
    expect(refused).toMatchObject({ code: "conflict", message: expect.stringContaining(`process ${writer.pid}`) });
    const acknowledged = await writer.kill();
    const store = await openDatabase({ dataDir: directory });
    if (isFailure(store)) throw store;
    const { rows } = await store.db.execute<{ key: string }>(sql`select key from headgate.meta order by key`);
    await store.close();
    expect(rows.length).toBeGreaterThan(acknowledged);
    expect(rows.map(({ key }) => Number(key.slice(4)))).toEqual(rows.map((_, index) => index));
  });
});
