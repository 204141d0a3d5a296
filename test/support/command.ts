import { spawn } from "node:child_process";
import { join } from "node:path";
import { COMPILED, NODE_FLAGS } from "./node.ts";

/** What a finished command printed, and how it ended. */
export type Finished = { readonly code: number | null; readonly out: string; readonly err: string };

/** The command line's entry. */
export const headgateEntry = join(import.meta.dirname, "../../src/cli/headgate.ts");

/** A running daemon. `stop` asks it to end as Ctrl-C does, and says how it did. */
export type Daemon = {
  readonly stop: () => Promise<Finished>;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly printed: () => { readonly out: string; readonly err: string };
  readonly finished: Promise<Finished>;
};

/** Starts `headgate run` and waits until it says that it is watching. */
export async function startDaemon(
  config: string,
  env: Record<string, string>,
  more: readonly string[] = [],
): Promise<Daemon> {
  const child = start(["run", "--config", config, ...more], { env });
  await new Promise<void>((resolve, reject) => {
    child.process.stdout.on("data", () => child.printed().out.includes("is watching") && resolve());
    child.process.once("exit", (code) => reject(new Error(`The daemon ended with ${code}: ${child.printed().err}`)));
  });
  return {
    stop: () => {
      child.process.kill("SIGINT");
      return child.finished;
    },
    signal: (name) => void child.process.kill(name),
    printed: child.printed,
    finished: child.finished,
  };
}

/** Starts a command that is not waited for. */
export function startCommand(args: readonly string[], options: Options = {}): Omit<Daemon, "stop"> {
  const { process: child, printed, finished } = start(args, options);
  return { printed, finished, signal: (name) => void child.kill(name) };
}

/** Runs the command line as a user would, in `cwd`, with nothing of this process's environment but the path. */
export function headgate(args: readonly string[], options: Options = {}): Promise<Finished> {
  return start(args, options).finished;
}

type Options = { readonly cwd?: string; readonly env?: Record<string, string> };

function start(args: readonly string[], options: Options) {
  const child = spawn(process.execPath, [...NODE_FLAGS, headgateEntry, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NO_COLOR: "1",
      ...COMPILED,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    printed.out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    printed.err += chunk.toString();
  });
  const finished = new Promise<Finished>((resolve) => child.on("close", (code) => resolve({ code, ...printed })));
  return { process: child, finished, printed: () => printed };
}
