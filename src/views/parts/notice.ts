import { type Hole, type Html, html } from "../html.ts";
import { mark, type Shape, type Tone } from "./mark.ts";

const SHAPES: Readonly<Record<Tone, Shape>> = {
  urgent: "triangle",
  careful: "diamond",
  good: "tick",
  info: "dot",
  calm: "dot",
};

/** Something that everybody who opens the page has to see. */
export function notice(tone: Tone, heading: string, body?: Hole): Html {
  return box(tone, undefined, heading, body);
}

/** What became of something that was just done: who is read to or goes on by keyboard is there when the page comes. */
export function answer(tone: Tone, heading: string, body?: Hole): Html {
  return box(tone, html` role="${tone === "urgent" ? "alert" : "status"}" tabindex="-1" autofocus`, heading, body);
}

function box(tone: Tone, role: Hole, heading: string, body: Hole): Html {
  return html`<div class="notice ${tone}"${role}><p class="notice-title">${mark(SHAPES[tone])} ${heading}</p>${body !== undefined && html`<p>${body}</p>`}</div>`;
}

/** Nothing to list, and what that means: good news, or a question that nothing answers. */
export function empty(heading: string, meaning: Hole): Html {
  return html`<div class="empty"><strong>${heading}</strong> ${meaning}</div>`;
}

/** Nothing to list because nothing is known: no good news, and no bad ones. */
export function nothingHeard(heading: string): Html {
  return empty(
    heading,
    html`No upstream has answered so far. The first look takes a minute; <a href="/problems">Problems</a> says what gave no answer.`,
  );
}
