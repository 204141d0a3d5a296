import { redact, redactText } from "./redact.ts";

/** Details of a message: plain data. */
type LogData = Readonly<Record<string, unknown>>;

/** Where the program says what it does. A message is a sentence; what a program would look for is in the data. */
export type Log = {
  readonly info: (message: string, data?: LogData) => void;
  readonly warn: (message: string, data?: LogData) => void;
  readonly error: (message: string, data?: LogData) => void;
};

export type LogLevel = "info" | "warn" | "error" | "silent";

const LEVELS: readonly LogLevel[] = ["info", "warn", "error", "silent"];

/**
 * A log from `level` on. `json`: one JSON object per line, with `time`, `level` and `message` first; else short lines for
 * people. Secrets are taken out of both, and control characters, which could move a terminal's cursor.
 */
export function createLog(options: {
  readonly json: boolean;
  readonly level: LogLevel;
  readonly write: (line: string) => void;
}): Log {
  const format = options.json ? jsonLine : humanLine;
  const at = (level: LogLevel) => (message: string, data?: LogData) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(options.level)) return;
    options.write(
      `${format(new Date().toISOString(), level, redactText(message), data === undefined ? {} : redact(data))}\n`,
    );
  };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

function jsonLine(time: string, level: LogLevel, message: string, data: unknown): string {
  return visible(JSON.stringify({ time, level, message, ...(data as LogData) }));
}

function humanLine(time: string, level: LogLevel, message: string, data: unknown): string {
  const details = Object.entries(data as LogData).filter(([, value]) => value !== undefined);
  const words = details.map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const mark = level === "info" ? "" : `${level}: `;
  return visible([`${time.slice(11, 19)} ${mark}${message}`, ...words].join("  "));
}

function visible(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\uFFFD");
}
