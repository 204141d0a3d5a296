import { type Hole, type Html, html, safeUrl, trusted } from "./html.ts";

/** How loud something is. Colours have a twin for dark screens, and never carry a meaning alone. */
export type Tone = "urgent" | "careful" | "good" | "calm";

const COLOURS: Readonly<Record<Tone, string>> = {
  urgent: "#b42318",
  careful: "#8a5a00",
  good: "#1a6f3c",
  calm: "#4b5563",
};

/** Colours for readers in the dark: mail programs drop what they do not know, so the light ones stand inline as well. */
const DARK = trusted(`<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
td, th { padding: 1px 10px 1px 0; text-align: left; }
@media (prefers-color-scheme: dark) {
  .hg-page, .hg-card { background: #14171c !important; color: #e6e8eb !important; }
  .hg-card { border-color: #333a44 !important; }
  .hg-quiet { color: #a3abb8 !important; }
  .hg-code { background: #222831 !important; color: #e6e8eb !important; }
  a { color: #8ab4f8 !important; }
  .hg-urgent { color: #ff8a7d !important; }
  .hg-careful { color: #f0c267 !important; }
  .hg-good { color: #7fd4a0 !important; }
  .hg-calm { color: #a3abb8 !important; }
}
</style>`);

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** A whole mail: no script, no picture, nothing that is loaded. `preview` is the line that mailboxes show beside the subject. */
export function mailPage(given: { readonly title: string; readonly preview: string; readonly body: Hole }): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${given.title}</title>${DARK}</head>
<body class="hg-page" style="margin:0;background:#ffffff;color:#1f2328;${trusted(FONT)};font-size:15px;line-height:1.5">
<div style="display:none;max-height:0;overflow:hidden">${given.preview}</div>
<div style="max-width:680px;margin:0 auto;padding:24px 16px">
<h1 style="font-size:21px;margin:0 0 4px">${given.title}</h1>
${given.body}
</div></body></html>`;
}

/** A part of a mail under its own heading. */
export function mailSection(heading: string, tone: Tone, body: Hole): Html {
  return html`<h2 class="${`hg-${tone}`}" style="font-size:16px;margin:28px 0 8px;color:${COLOURS[tone]}">${heading}</h2>
${body}
`;
}

/** One thing in a frame. */
export function card(body: Hole): Html {
  return html`<div class="hg-card" style="border:1px solid #d8dee4;border-radius:6px;padding:10px 14px;margin:0 0 10px;overflow-wrap:anywhere">${body}</div>
`;
}

/** One of a list of equals. */
export function row(body: Hole): Html {
  return html`<div style="margin:0 0 6px;overflow-wrap:anywhere">${body}</div>
`;
}

/** A small word behind a heading. */
export function badge(word: string): Html {
  return html` <span class="hg-good" style="color:${COLOURS.good};font-size:12px;font-weight:600">${word}</span>`;
}

/** What somebody else wrote. */
export function quoted(body: Hole): Html {
  return html`<div class="hg-quiet hg-card" style="color:#57606a;margin-top:8px;border-left:3px solid #d8dee4;padding-left:10px;font-size:13px">${body}</div>`;
}

/** Words within a line that can be passed over. */
export function quietWords(body: Hole): Html {
  return html`<span class="hg-quiet" style="color:#57606a;font-size:13px">${body}</span>`;
}

/** A line that can be passed over. */
export function quiet(body: Hole): Html {
  return html`<div class="hg-quiet" style="color:#57606a;font-size:13px">${body}</div>`;
}

/** A line with a mark before it. */
export function marked(tone: Tone, mark: string, body: Hole): Html {
  return html`<div style="margin:2px 0"><strong class="${`hg-${tone}`}" style="color:${COLOURS[tone]}">${mark}</strong> ${body}</div>`;
}

/** Something to be typed or compared. */
export function inlineCode(text: string): Html {
  return html`<code class="hg-code" style="background:#f0f2f5;padding:1px 4px;border-radius:3px;font-size:13px">${text}</code>`;
}

/** A sentence of ours, in which what is typed stands between backquotes: here it looks like that. */
export function withCode(sentence: string): Html {
  const parts = sentence.split(/`([^`]+)`/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? inlineCode(part) : part))}`;
}

/** A link, or only its words when the address may not be linked to. */
export function anchor(words: Hole, url: string | undefined): Html {
  const safe = safeUrl(url);
  return safe === undefined ? html`${words}` : html`<a href="${safe}" style="color:#0b57d0">${words}</a>`;
}
