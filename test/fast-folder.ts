import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
const NAME = "headgate-tests-";
const ROOM = 4 * 1024 ** 3;

/**
 * Puts the temporary files of a run into memory, where there is room: hundreds of stores of forty megabytes each live a
 * few seconds, and a disk would be busy with them all the time. They are gone when the run ends; those of runs that were
 * killed go with the next.
 */
export function setup(): (() => void) | undefined {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return undefined;
  for (const name of readdirSync(MEMORY).filter((one) => one.startsWith(NAME))) {
    if (!isRunning(Number(name.slice(NAME.length)))) rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
  const folder = join(MEMORY, `${NAME}${process.pid}`);
  mkdirSync(folder);
  chmodSync(folder, 0o755); // the servers run as somebody else
  process.env.TMPDIR = folder;
  if (tmpdir() !== folder) throw new Error(`temporary files go to ${tmpdir()}, not to ${folder}`);
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM && process.availableMemory() > 1.5 * ROOM; // a container may be given less than there is
  } catch {
    return false; // only Linux has it
  }
}

function isRunning(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
}
