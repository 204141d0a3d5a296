import { describe, expect, it } from "vitest";
import { spreadOf } from "../../../src/domain/pages/lag.ts";
import type { Timeline } from "../../../src/domain/pages/timeline.ts";
import type { Standing } from "../../../src/domain/standing.ts";
import type { TrustScore } from "../../../src/domain/trust.ts";
import { courseChart } from "../../../src/views/charts/course.ts";
import { freshnessChart } from "../../../src/views/charts/freshness.ts";
import { lagChart } from "../../../src/views/charts/lag.ts";
import { timelineChart } from "../../../src/views/charts/timeline.ts";
import { trustDimensions } from "../../../src/views/charts/trust-dimensions.ts";
import { type Html, toMarkup } from "../../../src/views/html.ts";

const now = "2026-11-20T12:00:00.000Z";
const day = (days: number) => new Date(Date.parse(now) + days * 86_400_000).toISOString();
const text = (chart: Html | false) => (chart === false ? "" : toMarkup(chart));

const line: Timeline = {
  now,
  versions: [
    { version: "1.4.0", at: day(-120), state: "released", role: "installed" },
    { version: "1.4.1", at: day(-30), state: "yanked", role: "other" },
    { version: "1.5.0", at: day(-2), state: "released", role: "candidate" },
  ],
  waitingUntil: day(5),
  advisories: [{ id: "GHSA-<x>", severity: "high", from: day(-10) }],
  events: [{ words: "Tag v1.4.0 moved", at: day(-1), over: false }],
};
const score: TrustScore = {
  value: 7.8,
  coverage: 0.8,
  dimensions: [
    { dimension: "activity", weight: 15, value: 9 },
    { dimension: "signing", weight: 25, value: 5.5 },
    { dimension: "relationships", weight: 5 },
  ],
  findings: [],
};
const sources = [
  {
    source: "github",
    target: 7_200_000,
    upstreams: 40,
    stale: 0,
    oldest: day(-1 / 24),
    silent: 0,
    silentSince: undefined,
  },
  { source: "pypi", target: 7_200_000, upstreams: 12, stale: 3, oldest: day(-3), silent: 0, silentSince: undefined },
  { source: "oci", target: 7_200_000, upstreams: 1, stale: 1, oldest: undefined, silent: 1, silentSince: day(-4) },
];
const DAY = 86_400_000;
const lags = [
  { behind: 0, components: 1, releases: 0 },
  { behind: 3 * DAY, components: 1, releases: 2 },
  { behind: 400 * DAY, components: 1, releases: 9 },
  { components: 1, releases: 0 },
];
const aDay = (date: string, releases: number, given: Partial<Standing> = {}): Standing => ({
  ...{ day: date, components: 10, known: 8, behind: 4, releases, days: 80, upstreams: 20, stale: 0 },
  ...given,
});
const standings = [
  aDay("2026-11-10", 12),
  aDay("2026-11-11", 15, { stale: 3 }),
  aDay("2026-11-20", 6),
  aDay("2026-11-21", 5, { days: 1204 * 8 }),
];
const charts = {
  course: courseChart("c", standings),
  timeline: timelineChart("t", line),
  trust: trustDimensions("d", score),
  freshness: freshnessChart("f", sources, now),
  lag: lagChart("l", spreadOf(lags)),
};

describe.each(Object.entries(charts))("the chart of %s", (_, chart) => {
  it("has a title, a sentence and a table for those who do not see it", () => {
    expect(text(chart)).toMatch(/<svg role="img" aria-labelledby="(\w)-title \1-says"/);
    expect(text(chart)).toMatch(/<desc id="\w-says">[A-Z\d][^<]+\.<\/desc>/);
    expect(text(chart)).toMatch(
      /<details(?: class="screen")?><summary>The same as a table<\/summary>.*<th scope="row">/s,
    );
  });

  it("has no inline style, script or number that is none", () => {
    expect(text(chart)).not.toMatch(/\sstyle=|<style|<script|\son\w+=|NaN|Infinity|undefined/);
  });
});

describe("the time line", () => {
  it("names what is installed and what is proposed, and tells everything in its table", () => {
    expect(text(charts.timeline)).toContain(
      "Installed: 1.4.0. Candidate: 1.5.0. Waits until 25 Nov 2026. 1 advisory. 1 integrity event.",
    );
    expect(text(charts.timeline)).toContain('<th scope="row">1.4.1</th><td>21 Oct 2026</td><td>yanked</td>');
    expect(text(charts.timeline)).toContain("GHSA-&lt;x&gt; (high)");
  });

  it("orders places by time and keeps them within the width", () => {
    const drawn = [...text(charts.timeline).matchAll(/<svg x="([\d.]+)%".*?<title>([^,<]+)/g)];
    const places = Object.fromEntries(drawn.map(([, x, name]) => [name, Number(x)]));
    const inOrder = ["1.4.0", "1.4.1", "1.5.0", "Tag v1.4.0 moved"].map((name) => places[name] ?? Number.NaN);
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    expect(Math.min(...inOrder)).toBeGreaterThan(0);
    expect(Math.max(...inOrder)).toBeLessThan(100);
  });

  it("draws what is installed and proposed last, so that nothing lies over it", () => {
    const names = [...text(charts.timeline).matchAll(/<title>([^,<]+), /g)].map((match) => match[1]);
    expect(names).toEqual(["1.4.1", "1.4.0", "1.5.0", "Tag v1.4.0 moved"]);
  });

  it("draws the newest forty of a long history, and what is installed however old it is", () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      version: `0.${index}.0`,
      at: day(index - 400),
      state: "released" as const,
      role: index === 0 ? ("installed" as const) : ("other" as const),
    }));
    const drawn = text(timelineChart("t", { ...line, versions: many, advisories: [], events: [] }));
    expect(drawn.match(/<svg x=/g)).toHaveLength(41);
    expect(drawn).toContain("Installed: 0.0.0.");
  });

  it("is not drawn without a version", () => {
    expect(timelineChart("t", { ...line, versions: [] })).toBe(false);
  });
});

describe("bars", () => {
  it("stay away where nothing is known: unknown is not zero", () => {
    expect(text(charts.trust)).toContain("not known, weighs 5%");
    expect(text(charts.trust).match(/class="(good|careful|urgent|calm)" x=/g)).toHaveLength(2);
    expect(trustDimensions("d", { ...score, coverage: 0.3 })).toBe(false);
  });

  it("of sources say who is late, and stop at twice the target", () => {
    expect(text(charts.freshness)).toContain("2 sources miss the target: pypi, oci.");
    expect(text(charts.freshness)).toContain("3 days of 2 hours, 3 late");
    expect(text(charts.freshness)).toContain("never heard from, target 2 hours");
    expect(text(charts.freshness)).toContain('class="urgent" x="0" y="58" width="100%"');
    expect(text(charts.freshness)).toContain('class="good" x="0" y="20" width="25%"');
  });

  it("of lag count every component once, with a row for what is not known", () => {
    const spread = spreadOf(lags);
    expect(spread.reduce((sum, row) => sum + row.components, 0)).toBe(4);
    expect(spread.map((row) => row.components)).toEqual([1, 1, 0, 0, 0, 1, 1]);
    expect(lagChart("l", spreadOf([]))).toBe(false);
  });
});

describe("lag and freshness over time", () => {
  it("say the first, the last and the worst of each", () => {
    expect(text(charts.course)).toContain(
      "Releases behind: 12 first, 5 last, 15 at most. Days behind, on average: 10 first, 1,204 last, 1,204 at most. Upstreams in time: 100 % first, 100 % last, 85 % at least.",
    );
    expect(text(charts.course)).toContain("Lag and freshness over 11 days");
  });

  it("are drawn within their plots, days in a row as one line, and dashed where nobody looked", () => {
    const paths = [...text(charts.course).matchAll(/<path class="(curve[^"]*)" d="([^"]*)"/g)];
    expect(paths.map(([, looks]) => looks)).toEqual(Array(3).fill(["curve gap", "curve", "curve"]).flat());
    expect(paths.map(([, , d]) => d?.slice(0, 2))).toEqual(["M0", "M0", "M9", "M0", "M0", "M9", "M0", "M0", "M9"]);
    expect(paths[0]?.[2]).toBe("M0,13.6L90.9,3L909.1,34.8L1000,38.3");
  });

  it("leave out what is not known, and say so in the table", () => {
    const unknown = { known: 0, behind: 0, upstreams: 0 };
    const drawn = text(courseChart("c", [aDay("2026-11-10", 0, unknown), aDay("2026-11-11", 0, unknown)]));
    expect(drawn).toContain("Releases behind: not known.");
    expect(drawn).not.toContain("<circle");
    expect(drawn).toContain(
      '<th scope="row">11 Nov 2026</th><td>not known</td><td>not known</td><td>not known</td><td>0 of 0</td>',
    );
  });

  it("have a dot for each day of a month, and one for the last of longer times", () => {
    const days = (number: number) => Array.from({ length: number }, (_, index) => aDay(day(index).slice(0, 10), index));
    expect(text(courseChart("c", days(31))).match(/<circle/g)).toHaveLength(93);
    expect(text(courseChart("c", days(90))).match(/<circle/g)).toHaveLength(3);
  });

  it("need two days", () => {
    expect(courseChart("c", standings.slice(0, 1))).toBe(false);
    expect(courseChart("c", [])).toBe(false);
  });
});
