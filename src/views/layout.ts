import { type Hole, type Html, html } from "./html.ts";

/** What every page needs besides its body. */
export type Frame = {
  readonly title: string;
  /** Path of the entry of the navigation that this page belongs to. */
  readonly section?: string;
  /** Addresses of the stylesheet and the icon. */
  readonly style: string;
  readonly icon: string;
  /** Who is logged in; absent: nobody, and there is no navigation. */
  readonly visitor?: Visitor;
};

/** A logged-in browser's person (may be unnamed), and what forms on this page carry as `form`. */
export type Visitor = { readonly person: string; readonly form: string };

/** The pages there are, in the order of the navigation. */
const NAVIGATION = [{ path: "/", title: "Overview" }] as const;

/** A whole page: no inline script or style, everything reachable without JavaScript. */
export function layout(frame: Frame, body: Hole): Html {
  const { title, style, icon, visitor } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Headgate</title>
<link rel="stylesheet" href="${style}">
<link rel="icon" type="image/svg+xml" href="${icon}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="/">Headgate</a>
${visitor !== undefined && navigation(frame.section, visitor)}
</header>
<main id="content" tabindex="-1">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

function navigation(section: string | undefined, { person, form }: Visitor): Html {
  const entries = NAVIGATION.map(
    ({ path, title }) => html`<li><a href="${path}"${path === section && html` aria-current="page"`}>${title}</a></li>`,
  );
  return html`<nav aria-label="Pages"><ul>${entries}</ul></nav>
<form class="logout" method="post" action="/logout">${formField(form)}
<span class="quiet">${person}</span> <button>Log out</button></form>`;
}

/** What proves that a form is ours: the first thing inside each one. */
function formField(form: string): Html {
  return html`<input type="hidden" name="form" value="${form}">`;
}
