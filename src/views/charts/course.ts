import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { between, DAY, plus } from "../../domain/instant.ts";
import { freshShare, meanDays, type Standing } from "../../domain/standing.ts";
import { type Html, html } from "../html.ts";
import { number } from "../parts/paging.ts";
import { day as dayWords } from "../time.ts";
import { count } from "../words.ts";
import { figure, percent } from "./figure.ts";

/** What is drawn of each day; what is not known of a day is left out. */
type Measure = {
  readonly title: string;
  readonly read: (standing: Standing) => number | undefined;
  readonly words: (value: number) => string;
  /** The end of it that is bad. */
  readonly worst: "most" | "least";
};

const MEASURES: readonly Measure[] = [
  {
    title: "Releases behind",
    read: ({ known, releases }) => (known === 0 ? undefined : releases),
    words: number,
    worst: "most",
  },
  { title: "Days behind, on average", read: meanDays, words: (days) => number(Math.round(days)), worst: "most" },
  {
    title: "Upstreams in time",
    read: freshShare,
    words: (share) => `${Math.floor(share * 100)} %`,
    worst: "least",
  },
];

const HEAD = 22;
const PLOT = 56;
const PANEL = HEAD + PLOT + 14;
/** Up to so many days have a dot each. */
const DOTTED = 31;

/** `at`: a share of the width; `value`: in pixels from the top of its plot. */
type Point = { readonly day: string; readonly at: number; readonly value: number };

/** Lag and freshness of the last days: small plots, one below another, along one axis. Nothing before two days are known. */
export function courseChart(id: string, standings: readonly Standing[]): Html | false {
  const [first, last] = [standings[0], standings.at(-1)];
  if (first === undefined || last === undefined || first === last) return false;
  const span = Math.round(between(first.day, last.day) / DAY);
  const place = (day: string) => between(first.day, day) / DAY / span;
  const bottom = MEASURES.length * PANEL;
  return figure({
    id,
    title: `Lag and freshness over ${count(span, "day")}`,
    says: MEASURES.map((measure) => sentence(measure, standings)).join(" "),
    height: bottom + 10,
    drawing: [
      MEASURES.map((measure, index) => panel(measure, standings, place, index * PANEL)),
      html`<text x="0" y="${bottom + 4}">${dayWords(first.day)}</text><text class="middle roomy" x="50%" y="${bottom + 4}">${dayWords(plus(first.day, (span / 2) * DAY))}</text><text class="end" x="100%" y="${bottom + 4}">${dayWords(last.day)}</text>`,
    ],
    legend: html`<p class="quiet">Dashed: nobody looked in between. What is not known is in no plot.</p>`,
    table: {
      headings: ["Day", ...MEASURES.map(({ title }) => title), "Components behind"],
      rows: standings
        .toReversed()
        .map((one) => [
          dayWords(one.day),
          ...MEASURES.map(({ read, words }) => told(read(one), words)),
          `${number(one.behind)} of ${number(one.known)}`,
        ]),
    },
  });
}

function panel(measure: Measure, all: readonly Standing[], place: (day: string) => number, y: number): Html {
  const { title, read, words, worst } = measure;
  const values = all.flatMap((one) => read(one) ?? []);
  const scale = scaleLinear()
    .domain([0, worst === "least" ? 1 : Math.max(1, ...values)])
    .range([PLOT, 3]);
  const points = all.flatMap((one): Point[] => {
    const value = read(one);
    return value === undefined ? [] : [{ day: one.day, at: place(one.day), value: scale(value) }];
  });
  const shown = points.length > DOTTED ? points.slice(-1) : points;
  const said =
    values.length === 0
      ? "not known"
      : `${told(values.at(-1), words)} now, at ${worst} ${words(worstOf(measure, values))}`;
  return html`<text class="strong" x="0" y="${y + 14}">${title}</text><text class="end" x="100%" y="${y + 14}">${said}</text><svg x="0" y="${y + HEAD}" width="100%" height="${PLOT}" viewBox="0 0 1000 ${PLOT}" preserveAspectRatio="none"><path class="curve gap" d="${pathOf(points)}"/>${pieces(points).map((piece) => html`<path class="curve" d="${pathOf(piece)}"/>`)}</svg><line class="rule" x1="0" x2="100%" y1="${y + HEAD + PLOT}" y2="${y + HEAD + PLOT}"/>${shown.map(({ at, value }) => html`<circle class="info" cx="${percent(at)}" cy="${y + HEAD + rounded(value)}" r="3"/>`)}`;
}

/** Days in a row: each is a line of its own. */
function pieces(points: readonly Point[]): Point[][] {
  const found: Point[][] = [];
  for (const point of points) {
    const piece = found.at(-1);
    const before = piece?.at(-1);
    if (piece !== undefined && before !== undefined && between(before.day, point.day) <= DAY) piece.push(point);
    else found.push([point]);
  }
  return found.filter(({ length }) => length > 1);
}

function pathOf(points: readonly Point[]): string {
  const draw = line<Point>(
    ({ at }) => rounded(at * 1000),
    ({ value }) => rounded(value),
  );
  return draw([...points]) ?? "";
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function worstOf({ worst }: Measure, values: readonly number[]): number {
  return worst === "most" ? Math.max(...values) : Math.min(...values);
}

function told(value: number | undefined, words: (value: number) => string): string {
  return value === undefined ? "not known" : words(value);
}

/** `Releases behind: 35 first, 12 last, 60 at most.` */
function sentence(measure: Measure, all: readonly Standing[]): string {
  const { title, read, words, worst } = measure;
  const values = all.flatMap((one) => read(one) ?? []);
  if (values.length === 0) return `${title}: not known.`;
  return `${title}: ${told(values[0], words)} first, ${told(values.at(-1), words)} last, ${words(worstOf(measure, values))} at ${worst}.`;
}
