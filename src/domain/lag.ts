import { DAY } from "./instant.ts";

/** Components that are equally far behind: since the first release that they lack. `releases`: how many they lack together. */
export type LagSpread = readonly {
  readonly words: string;
  readonly tone: "good" | "info" | "careful" | "urgent" | "calm";
  readonly components: number;
  readonly releases: number;
}[];

/** The steps in which lag is told: `upTo` milliseconds since the first release that a component lacks. */
const LAG_STEPS = [
  { words: "Up to date", tone: "good", upTo: 0 },
  { words: "Up to a week", tone: "info", upTo: 7 * DAY },
  { words: "Up to a month", tone: "info", upTo: 30 * DAY },
  { words: "Up to three months", tone: "careful", upTo: 90 * DAY },
  { words: "Up to a year", tone: "careful", upTo: 365 * DAY },
  { words: "More than a year", tone: "urgent", upTo: Number.POSITIVE_INFINITY },
] as const;

/** One component's lag: releases it lacks, and since how many milliseconds. Absent: no order of its versions is known. */
export type Lag = { readonly releases?: number; readonly for?: number };

/** Counts components by how far they are behind. What is not known has a row of its own: it is not up to date. */
export function spreadOf(lags: readonly Lag[]): LagSpread {
  const rows = LAG_STEPS.map(({ words, tone, upTo }, index) => {
    const after = LAG_STEPS[index - 1]?.upTo ?? Number.NEGATIVE_INFINITY;
    const here = lags.filter((lag) => {
      const behind = lag.releases === 0 ? 0 : lag.for;
      return lag.releases !== undefined && behind !== undefined && behind > after && behind <= upTo;
    });
    return { words, tone, components: here.length, releases: here.reduce((sum, lag) => sum + (lag.releases ?? 0), 0) };
  });
  const known = rows.reduce((sum, row) => sum + row.components, 0);
  return [...rows, { words: "Not known", tone: "calm", components: lags.length - known, releases: 0 }];
}
