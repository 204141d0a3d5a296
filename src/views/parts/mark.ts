import { type Html, html } from "../html.ts";

/** How loud something is. Each tone has a colour in the stylesheet; what it means is always said in a word as well. */
export type Tone = "urgent" | "careful" | "good" | "info" | "calm";

/** A shape that tells states apart without colour, in a field of 12 by 12. */
export type Shape = "cross" | "bar" | "ring" | "arrow" | "tick" | "dash" | "square" | "triangle" | "dot" | "diamond";

const PATHS: Readonly<Record<Shape, string>> = {
  cross: "M3 1.5 6 4.5 9 1.5 10.5 3 7.5 6 10.5 9 9 10.5 6 7.5 3 10.5 1.5 9 4.5 6 1.5 3Z",
  bar: "M2.5 1.5h2.5v9H2.5ZM7 1.5h2.5v9H7Z",
  ring: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Zm0 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
  arrow: "M1 5h5.5V2L11 6l-4.5 4V7H1Z",
  tick: "M4.7 10.3 1 6.6l1.5-1.5 2.2 2.2 4.8-5L11 3.8Z",
  dash: "M1.5 5h9v2h-9Z",
  square: "M1.5 1.5h9v9h-9ZM3.5 3.5v5h5v-5Z",
  triangle: "M6 1 11.5 11H.5Z",
  dot: "M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z",
  diamond: "M6 .5 11.5 6 6 11.5.5 6Z",
};

/** The shape as a picture that readers of words pass over. */
export function mark(shape: Shape): Html {
  return html`<svg class="mark" viewBox="0 0 12 12" aria-hidden="true"><path d="${PATHS[shape]}"/></svg>`;
}
