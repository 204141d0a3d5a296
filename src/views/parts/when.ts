import type { Instant } from "../../domain/instant.ts";
import { type Html, html } from "../html.ts";
import { day, moment, relative } from "../time.ts";

/** A moment as people ask for it, `3 days ago`, with the day beside it, and to the minute for whoever points at it. */
export function when(instant: Instant, now: Instant): Html {
  return html`<time datetime="${instant}" title="${moment(instant)}"><span class="nowrap">${day(instant)}</span> <span class="quiet nowrap">(${relative(instant, now)})</span></time>`;
}

/** A moment to the minute. */
export function exactly(instant: Instant): Html {
  return html`<time class="nowrap" datetime="${instant}">${moment(instant)}</time>`;
}

/** Only how far away: for cells that stand beside others of their kind. */
export function ago(instant: Instant, now: Instant): Html {
  return html`<time datetime="${instant}" title="${moment(instant)}">${relative(instant, now)}</time>`;
}
