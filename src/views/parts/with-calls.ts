import { type Html, html } from "../html.ts";

/** A sentence of ours, in which calls stand between backquotes as in a terminal: here they look like what is typed. */
export function withCalls(sentence: string): Html {
  const parts = sentence.split(/`([^`]+)`/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
