import { existsSync, renameSync, rmSync } from "node:fs";
import type pg from "pg";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { Log } from "../../lib/log.ts";
import { connectEmbedded } from "../open/embedded.ts";
import { keptBackups, readBackup } from "./backup-file.ts";

/**
 * An embedded store that does not open is put aside, and a new one filled from the newest backup that can be read. What
 * happened since then is looked up again; decisions of people since then are lost, and that is said. Without a backup,
 * or when the new one cannot be made either (a full disk), everything stays as it was, and so does the failure.
 */
export async function repairEmbedded(
  dataDir: string,
  directory: string,
  failure: Failure,
  log: Log | undefined,
): Promise<pg.Pool | Failure> {
  const backups = keptBackups(dataDir);
  if (backups.length === 0 || !existsSync(directory)) return failure;
  const aside = `${directory}.damaged-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  renameSync(directory, aside);
  for (const backup of backups) {
    const pool = await connectEmbedded(directory);
    if (isFailure(pool)) break;
    const restored = await readBackup(pool, backup);
    if (!isFailure(restored)) {
      log?.warn(
        `The store was damaged (${failure.message}). It is as it was at ${restored.at}, from ${backup}: what people decided ` +
          `since then must be said again, everything else is looked up again. The damaged one is kept in ${aside}.`,
      );
      return pool;
    }
    await pool.end();
    rmSync(directory, { recursive: true, force: true });
  }
  rmSync(directory, { recursive: true, force: true });
  renameSync(aside, directory);
  return failure;
}
