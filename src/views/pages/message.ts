import { type Html, html } from "../html.ts";

/** A page that says one thing, and what to do next. */
export function messagePage({ text, next }: { readonly text: string; readonly next?: Html }): Html {
  return html`<p>${text}</p>
${next !== undefined && html`<p>${next}</p>`}`;
}
