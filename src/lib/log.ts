import { redact, redactText } from "./secrets/redact.ts";

/** Details of a message: plain data. */
type LogData = Readonly<Record<string, unknown>>;

/** Where the program says what it does. A message is a sentence; what a program would look for is in the data. */
export type Log = {
  readonly info: (message: string, data?: LogData) => void;
  readonly warn: (message: string, data?: LogData) => void;
  readonly error: (message: string, data?: LogData) => void;
};

/** The least that is written; `silent`: nothing. */
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

/** A log that also leaves out these very texts, whatever they look like: what the environment holds. */
export function withoutValues(log: Log, secrets: readonly string[]): Log {
  const known = secrets.filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
  if (known.length === 0) return log;
  const clean = (text: string) => known.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
  const write = (level: keyof Log) => (message: string, data?: LogData) =>
    log[level](clean(message), data === undefined ? undefined : cleanData(data, clean));
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

/** Shorter ones would be found within common words. */
const SHORTEST = 6;

function cleanData(data: LogData, clean: (text: string) => string): LogData {
  const plain = redact(data) as Record<string, unknown>; // errors become plain data, and nothing is endless
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return clean(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [clean(key), walk(part)]));
  };
  return walk(plain) as LogData;
}

/** The same log, which says these details with every message. */
export function logWith(log: Log, ids: LogData): Log {
  const at = (level: keyof Log) => (message: string, data?: LogData) => log[level](message, { ...ids, ...data });
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
  return line.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu,
    "\uFFFD",
  );
}
