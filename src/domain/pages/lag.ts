import { DAY } from "../instant.ts";

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

/** Components that are equally far behind. `behind`: milliseconds since the first release they lack, 0: none; absent: not known. */
export type LagGroup = { readonly behind?: number; readonly components: number; readonly releases: number };

/** Counts components by how far they are behind. What is not known has a row of its own: it is not up to date. */
export function spreadOf(groups: readonly LagGroup[]): LagSpread {
  const rows = LAG_STEPS.map(({ words, tone, upTo }, index) => {
    const after = LAG_STEPS[index - 1]?.upTo ?? Number.NEGATIVE_INFINITY;
    const here = groups.filter(({ behind }) => behind !== undefined && behind > after && behind <= upTo);
    return { words, tone, ...sumOf(here) };
  });
  const unknown = groups.filter(({ behind }) => behind === undefined);
  return [...rows, { words: "Not known", tone: "calm", ...sumOf(unknown) }];
}

function sumOf(groups: readonly LagGroup[]): { components: number; releases: number } {
  return {
    components: groups.reduce((sum, one) => sum + one.components, 0),
    releases: groups.reduce((sum, one) => sum + one.releases, 0),
  };
}
