import { spawn } from "node:child_process";
import { join } from "node:path";

/** What a finished command printed, and how it ended. */
export type Finished = { readonly code: number | null; readonly out: string; readonly err: string };

const entry = join(import.meta.dirname, "../../src/cli/headgate.ts");

/** Runs the command line as a user would, in `cwd`, with nothing of this process's environment but the path. */
export function headgate(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}
