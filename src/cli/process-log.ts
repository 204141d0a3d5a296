import { format } from "node:util";
import { createLog, type Log, type LogLevel } from "../lib/log.ts";

/** This process's log, on stderr: lines for people on a terminal, JSON lines elsewhere. */
export function processLog(level: LogLevel): Log {
  return createLog({ json: !process.stderr.isTTY, level, write: (line) => void process.stderr.write(line) });
}

/** From now on what libraries print is a line of the log like all others: BullMQ and ioredis warn of settings of Redis that way. */
export function hearLibraries(log: Log): void {
  const hear = (...said: unknown[]) =>
    log.warn(
      format(...said)
        .replaceAll(/\s+/g, " ")
        .trim(),
    );
  Object.assign(console, { log: hear, info: hear, warn: hear, error: hear });
}
