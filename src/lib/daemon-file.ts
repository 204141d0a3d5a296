import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const schema = z.object({ url: z.string(), token: z.string(), pid: z.number().int() });

/** Where a running daemon listens, and the token it wants: what commands need that find its store taken. */
export type DaemonAddress = z.output<typeof schema>;

/** Writes `daemon.json` into the data directory, readable by its owner only. */
export function writeDaemonFile(directory: string, address: DaemonAddress): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "daemon.json");
  writeFileSync(path, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  chmodSync(path, 0o600); // the mode above holds for a new file only
}

/** The address of the daemon that owns this data directory; undefined when none runs. A file left by a dead one counts as none. */
export function readDaemonFile(directory: string): DaemonAddress | undefined {
  try {
    const address = schema.parse(JSON.parse(readFileSync(join(directory, "daemon.json"), "utf8")));
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
