import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** A program of this folder in a process of its own, on one core, that answers one message at a time. */
export type Child = {
  /** What it says first. */
  readonly said: unknown;
  readonly ask: (message: unknown) => Promise<unknown>;
  readonly stop: (message?: unknown) => Promise<void>;
};

const AS_STARTED = ["--liftoff-only", "--max-old-space-size=1024", "--max-semi-space-size=6"];
/** What the command keeps compiled beside its code, from one start to the next. */
const AS_KEPT = { NODE_COMPILE_CACHE: join(import.meta.dirname, "../../../node_modules/.cache/headgate") };
/** What Headgate itself is started with; the outside world may take what it needs. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "headgate.ts": AS_STARTED,
  "../plan/planner.ts": AS_STARTED,
  "stand-ins.ts": ["--max-old-space-size=8192"],
};

/** Starts it, on the given core where the machine has that many and `taskset` is there. */
export async function startChild(
  program: string,
  args: readonly string[],
  core: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const command = [process.execPath, ...(FLAGS[program] ?? []), join(import.meta.dirname, program), ...args];
  const pinned = existsSync("/usr/bin/taskset") && availableParallelism() > core;
  const [first = "", ...rest] = pinned ? ["/usr/bin/taskset", "-c", `${core}`, ...command] : command;
  const child = spawn(first, rest, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { PATH: process.env.PATH, ...(FLAGS[program] === AS_STARTED && AS_KEPT), ...environment },
  });
  const said = await nextMessage(child);
  return {
    said,
    ask: (message) => {
      const answer = nextMessage(child);
      child.send(message as object);
      return answer;
    },
    stop: async (message) => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      if (message === undefined) child.kill();
      else child.send(message as object);
      await gone;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${child.spawnargs.at(-1)} ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}
