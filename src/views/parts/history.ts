import type { Instant } from "../../domain/instant.ts";
import type { HistoryLine } from "../../domain/pages/history-line.ts";
import { type Hole, type Html, html } from "../html.ts";
import { candidatePath } from "./links.ts";
import { empty } from "./notice.ts";
import { when } from "./when.ts";

/** What happened, newest first: what, when, who, and why. */
export function history(lines: readonly HistoryLine[], now: Instant): Html {
  return list(lines, now, ({ what }) => what);
}

/** The same, each line with a link to the candidate that it is about. */
export function linkedHistory(lines: readonly HistoryLine[], now: Instant): Html {
  return list(lines, now, ({ what, candidate }) =>
    candidate === undefined ? what : html`<a href="${candidatePath(candidate)}">${what}</a>`,
  );
}

function list(lines: readonly HistoryLine[], now: Instant, words: (line: HistoryLine) => Hole): Html {
  if (lines.length === 0) return empty("Nothing happened yet.", "Decisions appear here as they are made.");
  const items = lines.map((line) => {
    const { at, detail, by } = line;
    return html`<li><strong>${words(line)}</strong>${by !== undefined && ` by ${by}`} <span class="quiet">${when(at, now)}</span>${detail !== undefined && html`<p>${detail}</p>`}</li>`;
  });
  return html`<ul class="items">${items}</ul>`;
}
