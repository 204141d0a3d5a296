import { type Hole, type Html, html } from "../html.ts";
import { mark, type Shape, type Tone } from "./mark.ts";

const SHAPES: Readonly<Record<Tone, Shape>> = {
  urgent: "triangle",
  careful: "diamond",
  good: "tick",
  info: "dot",
  calm: "dot",
};

/** Something that everybody who opens the page has to see. `live`: it answers what was just done, and is read out. */
export function notice(tone: Tone, heading: string, body: Hole = undefined, live = false): Html {
  const role = live && html` role="${tone === "urgent" ? "alert" : "status"}"`;
  return html`<div class="notice ${tone}"${role}><p class="notice-title">${mark(SHAPES[tone])} ${heading}</p>${body !== undefined && html`<p>${body}</p>`}</div>`;
}

/** Nothing to list, and what that means: good news, or a question that nothing answers. */
export function empty(heading: string, meaning: Hole): Html {
  return html`<div class="empty"><strong>${heading}</strong> ${meaning}</div>`;
}
