import { type Hole, type Html, html } from "../html.ts";

/** Names and what they stand for. A pair without a value is left out. */
export function facts(pairs: readonly (readonly [string, Hole])[]): Html {
  const known = pairs.filter(([, value]) => value !== undefined && value !== false && value !== "");
  return html`<dl class="facts">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
