import type { LagSpread } from "../../domain/pages/lag.ts";
import { type Html, html } from "../html.ts";
import { number } from "../parts/paging.ts";
import { count } from "../words.ts";
import { bars } from "./bars.ts";
import { figure } from "./figure.ts";

/** How far components are behind their upstreams: how many are up to date, a week behind, and so on. */
export function lagChart(id: string, spread: LagSpread): Html | false {
  const total = spread.reduce((sum, { components }) => sum + components, 0);
  if (total === 0) return false;
  const most = Math.max(...spread.map(({ components }) => components));
  const rows = spread.map(({ words, tone, components }) => ({
    label: words,
    words: number(components),
    ...(components > 0 && { value: components }),
    tone,
  }));
  const unknown = spread.at(-1)?.components ?? 0;
  const [first, ...others] = spread.filter(({ components }) => components > 0);
  const said = [first, ...others].flatMap((one) => (one === undefined ? [] : [`${one.words}: ${one.components}`]));
  return figure({
    id,
    title: "Lag behind upstream",
    says: `Of ${count(total, "component")}: ${said.join("; ")}.`,
    ...bars(rows, most),
    legend:
      unknown > 0 && html`<p class="quiet">Not known: nothing is pinned there, or its upstream gave no answer.</p>`,
    table: {
      headings: ["Behind", "Components", "Releases behind in all"],
      rows: spread.map(({ words, components, releases }) => [words, number(components), number(releases)]),
    },
  });
}
