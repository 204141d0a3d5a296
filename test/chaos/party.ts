import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { headgateEntry } from "../support/command.ts";
import { COMPILED, NODE_FLAGS } from "../support/node.ts";
import { portsOf } from "./ports-of.ts";

/** A process of Headgate that is killed and started again, under the same name. */
export type Party = {
  readonly name: string;
  /** Ends it with a signal, whatever it does, and starts it again after so many milliseconds. */
  readonly restart: (signal: "SIGKILL" | "SIGTERM", afterMs: number) => Promise<void>;
  /** Lets it stand still for so many milliseconds, whatever it does, and go on; unless all is to stop before. */
  readonly freeze: (forMs: number) => Promise<void>;
  /** The ports of its connections at this moment. */
  readonly ports: () => ReadonlySet<number>;
  /** False while it stands still, and for a moment afterwards, so that it goes on with what it was at. */
  readonly isAwake: () => boolean;
  readonly stop: () => Promise<void>;
  /** How often it found that what it was at was somebody else's by now. */
  readonly late: () => number;
  /** How often it did not end within the time that it has, once it was told to. */
  readonly lingered: () => number;
  /** What it complained about, last. */
  readonly said: () => string;
};

const KEPT = 4_000;
const LATE = /stood still for longer than its lease|others have been asking since/;

/** What it had begun before it stood still comes out within it. */
const AWAKENS_WITHIN = 10_000;

/** Ten seconds are what a daemon promises on a machine that has nothing else to do; six of them share this one. */
const ENDS_WITHIN = 60_000;

/** Starts `headgate run --role ROLE`; one that ends by itself, as when the database is away at its start, is started again. */
export function startParty(name: string, role: string, config: string, environment: Record<string, string>): Party {
  let child: ChildProcess | undefined;
  let wanted = true;
  let said = "";
  let lingered = 0;
  let late = 0;
  let frozen = 0;
  const stopping = new AbortController();
  const launch = () => {
    const started = spawn(process.execPath, [...NODE_FLAGS, headgateEntry, "run", "--config", config, "--role", role], {
      env: { PATH: process.env.PATH, ...COMPILED, ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child = started;
    started.stderr.on("data", (data: Buffer) => {
      const lines = data.toString().split("\n");
      late += lines.filter((line) => LATE.test(line)).length;
      said = (said + lines.filter((line) => !line.includes('"level":"info"')).join("\n")).slice(-KEPT);
    });
    started.once("exit", () => {
      if (wanted && child === started) setTimeout(() => wanted && child === started && launch(), 500);
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    if (await Promise.race([gone.then(() => true), pause(ENDS_WITHIN, false, { ref: false })])) return;
    lingered++;
    ending.kill("SIGKILL");
    await gone;
  };
  launch();
  let turn: Promise<void> = Promise.resolve();
  /** One after another: two blows at once would start two processes, and nobody would end the first of them. */
  const inTurn = (blow: () => Promise<void>) => {
    turn = turn.then(blow);
    return turn;
  };
  return {
    name,
    said: () => said,
    lingered: () => lingered,
    late: () => late,
    ports: () => (child?.pid === undefined ? new Set() : portsOf(child.pid)),
    isAwake: () => frozen === 0,
    freeze: (forMs) => {
      frozen++;
      const over = (milliseconds: number) =>
        pause(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);
      return inTurn(async () => {
        child?.kill("SIGSTOP");
        await over(forMs);
        child?.kill("SIGCONT");
        await over(AWAKENS_WITHIN);
      }).finally(() => frozen--);
    },
    restart: (signal, afterMs) =>
      inTurn(async () => {
        if (!wanted) return;
        await end(signal);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        if (wanted) launch();
      }),
    stop: () => {
      wanted = false;
      stopping.abort();
      return inTurn(() => end("SIGKILL"));
    },
  };
}
