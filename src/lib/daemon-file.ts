import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "./make-folder.ts";

const schema = z.object({ url: z.string(), token: z.string(), pid: z.number().int() });

/** Where a running daemon listens, and the token it wants: what commands need that find its store taken. */
export type DaemonAddress = z.output<typeof schema>;

/**
 * Writes `daemon.json` into the data directory, readable by its owner only. What stood there under that name, a link perhaps,
 * is replaced and not written to.
 */
export function writeDaemonFile(directory: string, address: DaemonAddress): void {
  makeFolder(directory, 0o700);
  const fresh = join(directory, `daemon.json.${process.pid}`);
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(address)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(fresh, join(directory, "daemon.json"));
}

/**
 * The address of the daemon that owns this data directory; undefined when none runs. A file left by a dead one counts as
 * none, and so does one that others may read: it came with a checkout.
 */
export function readDaemonFile(directory: string): DaemonAddress | undefined {
  try {
    const path = join(directory, "daemon.json");
    if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) return undefined;
    const address = schema.parse(JSON.parse(readFileSync(path, "utf8")));
    process.kill(address.pid, 0);
    return address;
  } catch {
    return undefined; // no file, not ours to read, not JSON, or no such process: there is nobody to talk to
  }
}

/** Removes the file, if it is still the one this process wrote. */
export function removeDaemonFile(directory: string): void {
  if (readDaemonFile(directory)?.pid === process.pid) rmSync(join(directory, "daemon.json"), { force: true });
}
