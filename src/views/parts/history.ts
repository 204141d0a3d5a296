import type { HistoryLine } from "../../domain/history-line.ts";
import type { Instant } from "../../domain/instant.ts";
import { type Html, html } from "../html.ts";
import { candidatePath } from "./links.ts";
import { empty } from "./notice.ts";
import { when } from "./when.ts";

/** What happened, newest first: what, when, who, and why. */
export function history(lines: readonly HistoryLine[], now: Instant, linked = false): Html {
  if (lines.length === 0) return empty("Nothing happened yet.", "Decisions appear here as they are made.");
  const items = lines.map(({ at, what, detail, by, candidate }) => {
    const words = linked && candidate !== undefined ? html`<a href="${candidatePath(candidate)}">${what}</a>` : what;
    return html`<li><strong>${words}</strong>${by !== undefined && ` by ${by}`} <span class="quiet">${when(at, now)}</span>${detail !== undefined && html`<p>${detail}</p>`}</li>`;
  });
  return html`<ul class="items">${items}</ul>`;
}
