import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
const NAME = "headgate-tests-";
const ROOM = 4 * 1024 ** 3;

/**
 * Gives the temporary files of a run a folder of their own, in memory where there is room: hundreds of stores of forty
 * megabytes each live a few seconds, and a disk would be busy with them all the time. It is gone when the run ends, with
 * every server that was started in it; what a run leaves that is killed goes with the next.
 */
export function setup(): (() => void) | undefined {
  if (process.env.TMPDIR !== undefined) return undefined;
  const place = hasRoom() ? MEMORY : tmpdir();
  for (const name of readdirSync(place).filter((one) => one.startsWith(NAME))) {
    const isOurs = statSync(join(place, name), { throwIfNoEntry: false })?.uid === process.getuid?.();
    if (isOurs && !isRunning(Number(name.slice(NAME.length)))) clear(join(place, name));
  }
  const folder = join(place, `${NAME}${process.pid}`);
  mkdirSync(folder);
  chmodSync(folder, 0o755); // the servers run as somebody else
  process.env.TMPDIR = folder;
  if (tmpdir() !== folder) throw new Error(`temporary files go to ${tmpdir()}, not to ${folder}`);
  process.once("exit", () => clear(folder)); // a run that is interrupted has no other end
  return () => clear(folder);
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

/** Ends who works in a folder, and removes it. A PostgreSQL server that is interrupted waits for no client. */
function clear(folder: string): void {
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    for (const one of workingIn(folder)) end(one, signal);
    for (let look = 0; look < 50 && workingIn(folder).length > 0; look++) pause(100);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Processes that were told of a folder when they were started; none where the system does not list them as files. */
function workingIn(folder: string): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && commandOf(name).includes(`${folder}/`))
      .map(Number);
  } catch {
    return [];
  }
}

function commandOf(process_: string): string {
  try {
    return readFileSync(`/proc/${process_}/cmdline`, "utf8");
  } catch {
    return ""; // it has ended
  }
}

function end(process_: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process_, signal);
  } catch {
    // it has ended, or is somebody else's
  }
}
