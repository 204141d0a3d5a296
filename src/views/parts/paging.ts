import { type Html, html } from "../html.ts";
import { type Address, linkTo } from "./address.ts";

/** Which part of how many rows is shown. `page` counts from 1. */
export type Page = { readonly page: number; readonly size: number; readonly total: number };

/** `51–100 of 1,204`, and the way to the other parts. Nothing where everything is on one page. */
export function paging(address: Address, { page, size, total }: Page, label: string): Html | false {
  if (total <= size && page === 1) return false;
  const last = Math.max(1, Math.ceil(total / size));
  const first = Math.min((page - 1) * size + 1, total);
  const shown = `${number(first)}–${number(Math.min(page * size, total))} of ${number(total)}`;
  return html`<nav class="paging" aria-label="${label}"><span>${shown}</span><ul>${[
    page > 1 && step(linkTo(address, { page: page === 2 ? "" : page - 1 }), "Previous", "prev"),
    page < last && step(linkTo(address, { page: page + 1 }), "Next", "next"),
  ]}</ul></nav>`;
}

/** The way through rows that are asked for by where the last page ended. */
export function stepping(newer: string | undefined, older: string | undefined, label: string): Html | false {
  if (newer === undefined && older === undefined) return false;
  return html`<nav class="paging" aria-label="${label}"><span></span><ul>${[
    newer !== undefined && step(newer, "Newest", "prev"),
    older !== undefined && step(older, "Older", "next"),
  ]}</ul></nav>`;
}

/** `1,204`: digits in groups of three. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function step(href: string, words: string, relation: "prev" | "next"): Html {
  return html`<li><a class="button" rel="${relation}" href="${href}">${words}</a></li>`;
}
