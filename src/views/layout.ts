import { type Hole, type Html, html } from "./html.ts";

/** What every page needs besides its body. */
export type Frame = {
  readonly title: string;
  /** Path of the entry of the navigation that this page belongs to. */
  readonly section?: string;
  /** The way back to what this page is a part of. */
  readonly above?: { readonly path: string; readonly title: string };
  /** What stands beside the heading: a badge. */
  readonly beside?: Hole;
  /** Addresses of the stylesheet and the icon, and which Headgate this is. */
  readonly style: string;
  readonly icon: string;
  readonly version: string;
  /** Address of a script that makes the page livelier; it works without. */
  readonly script?: string;
  /** Who is logged in; absent: nobody, and there is no navigation. */
  readonly visitor?: Visitor;
};

/** A logged-in browser's person (may be unnamed), and what forms on this page carry as `form`. */
export type Visitor = { readonly person: string; readonly form: string };

/** The pages there are, in the order of the navigation. */
const NAVIGATION = [
  { path: "/", title: "Overview" },
  { path: "/components", title: "Components" },
  { path: "/advisories", title: "Advisories" },
  { path: "/integrity", title: "Integrity" },
  { path: "/deliveries", title: "Deliveries" },
  { path: "/problems", title: "Problems" },
  { path: "/audit", title: "Audit" },
  { path: "/settings", title: "Settings" },
] as const;

/** A whole page: no inline script or style, everything reachable without JavaScript. */
export function layout(frame: Frame, body: Hole): Html {
  const { title, style, icon, version, visitor, above, beside, script } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Headgate</title>
<link rel="stylesheet" href="${style}">
<link rel="icon" type="image/svg+xml" href="${icon}">
${script !== undefined && html`<script type="module" src="${script}"></script>\n`}</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><div class="wide">
<a class="brand" href="/">${GATE}Headgate</a>
${visitor !== undefined && navigation(frame.section, visitor)}
</div></header>
<main id="content" class="wide" tabindex="-1">
${above !== undefined && html`<p class="crumbs"><a href="${above.path}">${above.title}</a></p>`}
<div class="headline"><h1>${title}</h1>${beside}</div>
${body}
</main>
<footer class="foot"><div class="wide"><p>Headgate ${version}</p><p>All times are UTC.</p></div></footer>
</body>
</html>
`;
}

/** A gate across a channel. */
const GATE = html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M1 2h2v12H1zm12 0h2v12h-2zM3 4h10v2H3zm0 5h10v2H3z"/></svg>`;

function navigation(section: string | undefined, { person, form }: Visitor): Html {
  const entries = NAVIGATION.map(
    ({ path, title }) => html`<li><a href="${path}"${path === section && html` aria-current="page"`}>${title}</a></li>`,
  );
  return html`<nav class="menu" aria-label="Pages"><ul>${entries}</ul></nav>
<div class="session"><span class="quiet">${person}</span><form method="post" action="/logout">${formField(form)}<button class="link">Log out</button></form></div>`;
}

/** What proves that a form is ours: the first thing inside each one. */
function formField(form: string): Html {
  return html`<input type="hidden" name="form" value="${form}">`;
}
