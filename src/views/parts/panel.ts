import { type Hole, type Html, html } from "../html.ts";

/** A part of a page under a heading of its own; `id` is the heading's. */
export function panel(id: string, heading: string, body: Hole): Html {
  return html`<section class="panel" aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${body}</section>
`;
}
