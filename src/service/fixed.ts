import type { Config } from "../config.ts";

/** By option: what a process opened when it started, and keeps. */
const FIXED: Readonly<Record<string, (config: Config) => unknown>> = {
  "storage.directory": (config) => config.dataDirectory,
  "web.host": (config) => config.web.host,
  "web.port": (config) => config.web.port,
  DATABASE_URL: (config) => config.secrets.databaseUrl,
  REDIS_URL: (config) => config.secrets.redisUrl,
  HEADGATE_HTTP_TOKEN: (config) => config.secrets.httpToken,
};

/** The options that differ and only count after a restart. */
export function fixedChanges(before: Config, after: Config): string[] {
  return Object.entries(FIXED).flatMap(([option, of]) => (of(before) === of(after) ? [] : [option]));
}
