import type { Counts } from "./counting.ts";
import type { PollFigures } from "./headgate.ts";

/** One poll of everything, with what each service counted. */
export type Stage = {
  readonly name: string;
  readonly figures: PollFigures;
  readonly hosts: Readonly<Record<string, Counts>>;
  /** Seconds of processor time of those that share the other core. */
  readonly others: { readonly standIns: number; readonly database: number };
};

type Runs = readonly {
  readonly stages: readonly Stage[];
  readonly pollsAnHour: number;
  readonly wrong: readonly string[];
}[];

/** The name of the poll that stands for a usual one. */
export const QUIET = "warm, two hours later";

/** Prints the medians of all runs, a column per poll. */
export function printRuns(components: number, runs: Runs): void {
  const names = runs[0]?.stages.map(({ name }) => name) ?? [];
  const stagesOf = (index: number) => runs.flatMap(({ stages }) => stages[index] ?? []);
  const row = (title: string, of: (stage: Stage) => number, digits = 0) => {
    const cells = names.map((_, index) => median(stagesOf(index).map(of)).toFixed(digits).padStart(22));
    console.log(`${title.padEnd(38)}${cells.join("")}`);
  };
  const upstreams = 3 * components;
  console.log(`\n${upstreams} upstreams; medians of ${runs.length} runs`);
  console.log(`${"".padEnd(38)}${names.map((name) => name.padStart(22)).join("")}`);
  row("wall, seconds", ({ figures }) => figures.wall, 2);
  row("CPU per 1,000 upstreams, seconds", ({ figures }) => (figures.cpu / upstreams) * 1_000, 2);
  row("  of the stand-ins, in all", ({ others }) => others.standIns, 2);
  row("  of the database server, in all", ({ others }) => others.database, 2);
  row("peak memory so far, MB", ({ figures }) => figures.peak / 1e6);
  row("requests", total("requests"));
  for (const kind of kindsOf(runs)) row(`  ${kind}`, ({ hosts }) => ofKind(hosts, kind));
  row("conditional requests", total("conditional"));
  row("  answered 304, per cent", (stage) => percent(total("notModified")(stage), total("conditional")(stage)), 1);
  row("bytes of bodies, MB", (stage) => total("bytes")(stage) / 1e6, 2);
  row("  before compression, MB", (stage) => total("whole")(stage) / 1e6, 2);
  row("GitHub points per 1,000 repositories", (stage) => (total("points")(stage) / components) * 1_000, 1);
  row("upstreams that changed", ({ figures }) => figures.changed);
  row("upstreams that could not be asked", ({ figures }) => figures.failed);
  const polls = median(runs.map(({ pollsAnHour }) => pollsAnHour));
  const perPoll = median(stagesOf(names.indexOf(QUIET)).map(({ figures }) => figures.cpu)) / upstreams;
  const share = ((100 * polls * perPoll) / 3600).toFixed(2);
  console.log(
    `the default schedule makes ${polls.toFixed(0)} polls an hour: ${share} % of a core while nothing changes`,
  );
  const wrong = runs.flatMap((run) => run.wrong);
  console.log(
    `newest acceptable version right: ${upstreams * runs.length - wrong.length} of ${upstreams * runs.length}`,
  );
  for (const line of wrong.slice(0, 20)) console.log(`  ${line}`);
}

function total(field: Exclude<keyof Counts, "kinds">): (stage: Stage) => number {
  return ({ hosts }) => Object.values(hosts).reduce((sum, counts) => sum + counts[field], 0);
}

function kindsOf(runs: Runs): string[] {
  const all = runs.flatMap(({ stages }) => stages.flatMap(({ hosts }) => Object.entries(hosts)));
  return [...new Set(all.flatMap(([host, { kinds }]) => Object.keys(kinds).map((kind) => `${host}: ${kind}`)))];
}

function ofKind(hosts: Stage["hosts"], wanted: string): number {
  const [host = "", kind = ""] = wanted.split(": ");
  return hosts[host]?.kinds[kind] ?? 0;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : (100 * part) / whole;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
