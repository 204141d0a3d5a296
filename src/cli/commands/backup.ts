import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readConfig } from "../../config.ts";
import type { WrittenBackup } from "../../db/backup/backup-file.ts";
import { restoreDatabase } from "../../db/open/client.ts";
import { readDaemonFile } from "../../lib/daemon-file.ts";
import { isFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { processLog } from "../process-log.ts";
import { runCommand } from "../run-command.ts";
import { count, printable, type Terminal } from "../terminal.ts";

/** `headgate backup FILE`: everything that is stored, in one file. A daemon that owns the store writes it. */
export async function backupCommand(file: string, options: { config?: string }, terminal: Terminal): Promise<number> {
  const written = await runCommand<WrittenBackup>("backup", { file: resolve(file) }, options);
  if (isFailure(written)) return fail(written.message, terminal);
  terminal.out(`${printable(written.file)}: ${count(written.rows, "row")}.`);
  return EXIT.done;
}

/** `headgate restore FILE`: fills an empty store. */
export async function restoreCommand(file: string, options: { config?: string }, terminal: Terminal): Promise<number> {
  const config = readConfig(options.config === undefined ? {} : { file: options.config });
  if (isFailure(config)) return fail(config.message, terminal);
  const { dataDirectory, secrets } = config;
  const daemon = secrets.databaseUrl === undefined ? readDaemonFile(dataDirectory) : undefined; // beside it, on a server, may be another database
  if (daemon !== undefined) {
    const advice = "Stop it, restore into an empty data directory or database, and start it again.";
    return fail(`A daemon (process ${daemon.pid}) uses this store. ${advice}`, terminal);
  }
  if (!existsSync(file)) return fail(`${file} does not exist.`, terminal); // before a store is made for it
  const store = { url: secrets.databaseUrl, dataDir: dataDirectory, log: processLog("warn") };
  const restored = await restoreDatabase(store, resolve(file));
  if (isFailure(restored)) return fail(restored.message, terminal);
  terminal.out(`Restored ${count(restored.rows, "row")} as they were at ${restored.at}.`);
  return EXIT.done;
}
