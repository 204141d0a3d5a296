// named here beside its home, queue/schedule.ts: a wrong expression is told with all other errors, by its line
import { validate as isCron } from "node-cron";
import type { RuleError } from "../lib/config/checked-yaml.ts";
import { isFailure } from "../lib/failure.ts";
import { PROFILES } from "../lib/forge/profiles.ts";
import { readKeyEntries } from "../lib/verify/signatures/pinned-keys.ts";
import { SOURCES } from "../poll/sources.ts";
import { insideAddresses } from "./inside-addresses.ts";
import { nameOf } from "./projects.ts";
import type { Written } from "./shape.ts";

/** What may have a freshness target. */
const FRESH = ["default", "advisories", ...SOURCES.map((source) => source.id)];

/** Rules across options: what no single option can know. */
export function crossChecks(written: Written): RuleError[] {
  const names = written.watch.map(nameOf);
  const { "time-zone": timeZone, ...expressions } = written.schedule;
  return [
    ...written.watch.flatMap((entry, index) => {
      const both = (entry.path === undefined) === (entry.repository === undefined);
      return both ? [{ path: ["watch", index], message: "needs either path or repository, not both" }] : [];
    }),
    ...written.watch.flatMap(({ repository = "", forge }, index) => {
      const isTooDeep = repository.split("/").length > 2 && !PROFILES[forge].nested;
      const message = `must be owner/name: there are no groups within groups on ${PROFILES[forge].title}`;
      return isTooDeep ? [{ path: ["watch", index, "repository"], message }] : [];
    }),
    ...names.flatMap((name, index) => {
      const message = `"${name}" is watched twice: give one of them another name`;
      return names.indexOf(name) === index ? [] : [{ path: ["watch", index, "name"], message }];
    }),
    ...Object.entries(expressions).flatMap(([key, expression]) => {
      const message = `"${expression}" is not a cron expression such as 0 7 * * *`;
      return expression === null || isCron(expression) ? [] : [{ path: ["schedule", key], message }];
    }),
    ...Object.keys(written.freshness).flatMap((source) => {
      const message = `is no source; there are ${FRESH.join(", ")}`;
      return FRESH.includes(source) ? [] : [{ path: ["freshness", source], message }];
    }),
    ...Object.entries(written.trust.keys).flatMap(([upstream, entries]) => {
      const keys = readKeyEntries(entries);
      return isFailure(keys) ? [{ path: ["trust", "keys", upstream], message: keys.message }] : [];
    }),
    ...insideAddresses(written),
    ...(written.trust.checks["content-age"] === false
      ? [{ path: ["trust", "checks", "content-age"], message: "cannot be turned off: waits are counted by it" }]
      : []),
    ...(isTimeZone(timeZone)
      ? []
      : [{ path: ["schedule", "time-zone"], message: `"${timeZone}" is not a time zone such as Europe/London` }]),
  ];
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
