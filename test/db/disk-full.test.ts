import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keepBackup } from "../../src/db/backup/backup-file.ts";
import { openDatabase, type StoreOptions } from "../../src/db/open/client.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { NOW } from "../support/build.ts";
import { copyEmpty, limited } from "../support/database.ts";
import { startPostgres } from "../support/services.ts";
import { smallDisk } from "../support/small-disk.ts";

const MEGABYTE = 1024 * 1024;

/** A store on a small disk: what opens it, and what it takes that it can be opened again once there is room. */
type Place = {
  readonly options: StoreOptions;
  readonly comeBack: () => Promise<void>;
  readonly end: () => Promise<void>;
};

const PLACES: Readonly<Record<string, (folder: string) => Promise<Place>>> = {
  "the embedded store and its backups": async (folder) => {
    const dataDir = join(folder, "data");
    mkdirSync(dataDir);
    await copyEmpty(dataDir);
    return { options: { dataDir }, comeBack: async () => undefined, end: async () => undefined };
  },
  "a PostgreSQL server": async (folder) => {
    chmodSync(folder, 0o755); // the server's own user must reach its folder
    const { url, crash, stop } = await startPostgres(folder);
    const dataDir = join(folder, "data");
    mkdirSync(dataDir);
    return { options: { url, dataDir }, comeBack: crash, end: stop };
  },
};

describe("a disk that is full", () => {
  it.for(Object.keys(PLACES))("fails writes, and loses nothing that was acknowledged: %s", async (name, context) => {
    if (name !== "the embedded store and its backups" && limited()) return context.skip("no server is to be started");
    const disk = smallDisk(250);
    if (disk === undefined) return context.skip("this user may not mount a file system");
    const place = await PLACES[name]?.(disk.folder);
    if (place === undefined) throw new Error(`no place is called ${name}`);
    const { options } = place;
    const { dataDir } = options;
    try {
      const store = await openDatabase(options);
      if (isFailure(store)) throw store;
      disk.fill(3 * MEGABYTE);
      const noise = () => Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString("base64");
      let acknowledged = 0;
      let refused = "";
      for (let number = 0; number < 400 && refused === ""; number++) {
        try {
          await store.pool.query("insert into headgate.meta values ($1, to_jsonb($2::text))", [
            `row-${number}`,
            noise(),
          ]);
          acknowledged++;
        } catch (thrown) {
          refused = String(thrown);
        }
      }
      expect(refused).toMatch(/space|could not extend|ENOSPC|FATAL|PANIC|unreachable|abort/i);
      const backup = await keepBackup(store.db, dataDir, NOW).catch((thrown: unknown) => thrown);
      expect(backup instanceof Error).toBe(true); // there is no room for it either
      await store.close().catch(() => undefined);
      disk.empty();
      await place.comeBack();
      const again = await openDatabase(options);
      if (isFailure(again)) throw again;
      const { rows } = await again.pool.query(
        "select count(*)::int as count from headgate.meta where key like 'row-%'",
      );
      await again.close();
      expect(rows[0]?.count).toBeGreaterThanOrEqual(acknowledged);
      expect(acknowledged).toBeGreaterThan(0);
      const left = readdirSync(join(dataDir, "backups"), { recursive: true }).map(String);
      expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
    } finally {
      await place.end();
      disk.remove();
    }
  });

  it("refuses a first start in a sentence that says so, and what to do", async (context) => {
    const disk = smallDisk(5);
    if (disk === undefined) return context.skip("this user may not mount a file system");
    const refused = await openDatabase({ dataDir: join(disk.folder, "data") });
    disk.remove();
    expect(refused).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^The disk has no room .*make some .* then start again[^\n]*$/),
    });
  });
});
