import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolTimes,
  symbolTriangle,
} from "d3-shape";
import { type Html, html } from "../html.ts";

/** What stands on a time line, each with a shape of its own. */
export type Sign = "installed" | "candidate" | "other" | "void" | "event" | "past-event";

const SIGNS: Readonly<Record<Sign, { readonly type: SymbolType; readonly size: number; readonly looks: string }>> = {
  installed: { type: symbolSquare, size: 100, looks: "info" },
  candidate: { type: symbolDiamond, size: 110, looks: "good" },
  other: { type: symbolCircle, size: 50, looks: "point" },
  void: { type: symbolTimes, size: 60, looks: "void" },
  event: { type: symbolTriangle, size: 80, looks: "urgent" },
  "past-event": { type: symbolTriangle, size: 80, looks: "calm" },
};

/** The sign with its middle at a place: `x` in percent of the chart's width, `y` in pixels. `words` is shown to who points at it. */
export function sign(kind: Sign, x: string, y: number, words: string): Html {
  return html`<svg x="${x}" y="${y}" class="sign"><path class="${SIGNS[kind].looks}" d="${shape(kind)}"><title>${words}</title></path></svg>`;
}

/** The sign in a legend. */
export function legendSign(kind: Sign): Html {
  return html`<svg class="sign" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true"><path class="${SIGNS[kind].looks}" d="${shape(kind)}"/></svg>`;
}

function shape(kind: Sign): string {
  const { type, size } = SIGNS[kind];
  const path = symbol(type, size)() ?? "";
  return path.replace(/\d+\.\d+/g, (digits) => String(Math.round(Number(digits) * 100) / 100));
}
