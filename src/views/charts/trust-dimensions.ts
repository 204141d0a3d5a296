import { shownDimensions, type TrustScore, trustBand } from "../../domain/trust.ts";
import { type Html, html } from "../html.ts";
import type { Tone } from "../parts/mark.ts";
import { title, trustPhrase } from "../words.ts";
import { bars } from "./bars.ts";
import { figure } from "./figure.ts";

/** The headings of project trust, each out of ten, with what it weighs. Nothing where too little is known for a number. */
export function trustDimensions(id: string, score: TrustScore | undefined): Html | false {
  const shown = shownDimensions(score);
  if (shown.length === 0) return false;
  const rows = shown.map(({ dimension, value, weight }) => ({
    label: title(dimension),
    words: value === undefined ? `not known, weighs ${weight}%` : `${value.toFixed(1)} of 10, weighs ${weight}%`,
    ...(value !== undefined && { value }),
    tone: toneOf(value),
  }));
  const table = shown.map(({ dimension, value, weight }) => [
    title(dimension),
    value?.toFixed(1) ?? "not known",
    `${weight}%`,
  ]);
  return figure({
    id,
    title: "Trust by heading",
    says: `Project trust is ${trustPhrase(score)}. ${rows.map(({ label, words }) => `${label}: ${words}`).join("; ")}.`,
    ...bars(rows, 10),
    table: { headings: ["Heading", "Points of 10", "Weight"], rows: table },
    legend: html`<p class="quiet">A heading without data is left out of the mean.</p>`,
  });
}

function toneOf(value: number | undefined): Tone {
  if (value === undefined) return "calm";
  const band = trustBand({ value, coverage: 1, dimensions: [], findings: [] });
  return band === "strong" ? "good" : band === "fair" ? "careful" : "urgent";
}
