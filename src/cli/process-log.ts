import { createLog, type Log, type LogLevel } from "../lib/log.ts";

/** This process's log, on stderr: lines for people on a terminal, JSON lines elsewhere. */
export function processLog(level: LogLevel): Log {
  return createLog({ json: !process.stderr.isTTY, level, write: (line) => void process.stderr.write(line) });
}
