import { scaleLinear } from "d3-scale";
import { type Hole, html } from "../html.ts";
import type { Tone } from "../parts/mark.ts";
import { percent } from "./figure.ts";

/** One bar: what it is about, its value in words at the right, and how long it is. */
export type Bar = {
  readonly label: string;
  readonly words: string;
  /** Absent: not known; no bar is drawn, for unknown is not zero. */
  readonly value?: number;
  readonly tone: Tone;
};

const ROW = 38;
/** What is known to be nothing is the least of a bar; what is not known has none. */
const SLIVER = 0.004;

/** Bars below their words, from 0 to `end`; longer ones stop there. A line at `mark` is what they are measured against. */
export function bars(
  rows: readonly Bar[],
  end: number,
  mark?: number,
): { readonly height: number; readonly drawing: Hole; readonly bars: true } {
  const share = scaleLinear().domain([0, end]).range([0, 1]).clamp(true);
  const drawing = rows.map(({ label, words, value, tone }, index) => {
    const top = index * ROW;
    const bar =
      value !== undefined &&
      html`<rect class="${tone}" x="0" y="${top + 20}" width="${percent(Math.max(share(value), SLIVER))}" height="8"/>`;
    const against =
      mark !== undefined &&
      html`<line class="target" x1="${percent(share(mark))}" x2="${percent(share(mark))}" y1="${top + 17}" y2="${top + 31}"/>`;
    return html`<text class="strong" x="0" y="${top + 13}">${label}</text><text class="end" x="100%" y="${top + 13}">${words}</text><rect class="track" x="0" y="${top + 20}" width="100%" height="8"/>${bar}${against}`;
  });
  return { height: rows.length * ROW, drawing, bars: true };
}
