import { isBusy, type Progress, type Work } from "../../domain/pages/progress.ts";
import { type Html, html } from "../html.ts";
import { exactly } from "./when.ts";

/** What each part of a cycle is called. The script that keeps the numbers fresh knows the parts by these names. */
const PARTS = { projects: "Projects to read", upstreams: "Upstreams to ask", letters: "Letters to send" } as const;

/**
 * How far the running cycle is. The numbers are those of the moment; with JavaScript they stay fresh, without it the
 * link loads them again.
 */
export function progressPanel(progress: Progress, again: string): Html {
  const parts = Object.entries(PARTS) as [keyof typeof PARTS, string][];
  return html`<section class="panel" aria-labelledby="progress" data-progress="/progress/events"><h2 id="progress">Now</h2>
<p role="status" data-progress-state>${isBusy(progress) ? "A cycle is running." : "Nothing is due."}</p>
<dl class="facts">${parts.map(([name, words]) => part(name, words, progress[name]))}</dl>
<p class="quiet">As of <span data-progress-at>${exactly(progress.at)}</span>. <a href="${again}">Load again</a></p></section>`;
}

function part(name: string, words: string, { total, due, running }: Work): Html {
  const left = due + running;
  const max = Math.max(total, left, 1);
  return html`<dt id="progress-${name}">${words}</dt><dd data-progress-part="${name}"><progress aria-labelledby="progress-${name}" max="${max}" value="${max - left}"></progress> <span>${leftOf(left, running)}</span></dd>`;
}

/** `12 left, 4 of them now`. */
function leftOf(left: number, running: number): string {
  if (left === 0) return "none left";
  return `${left} left${running > 0 ? `, ${running} of them now` : ""}`;
}
