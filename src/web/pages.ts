import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Html, html, toMarkup } from "../views/html.ts";
import { type Frame, layout, type Visitor } from "../views/layout.ts";
import { messagePage } from "../views/pages/message.ts";
import type { Assets } from "./assets.ts";
import { formToken } from "./csrf.ts";
import type { Edge, PageEnv, Session } from "./edge.ts";

/** A page's own part of its frame. */
type Heading = Pick<Frame, "title" | "section" | "above" | "beside"> & {
  readonly status?: ContentfulStatusCode;
  /** A file that makes the page livelier; it works without. */
  readonly script?: keyof Assets["urls"];
};

/** Sends a page to a logged-in browser. `body` is given what its forms carry. */
export function sendPage(
  context: Context<PageEnv>,
  edge: Edge,
  heading: Heading,
  body: Html | ((visitor: Visitor) => Html),
): Response | Promise<Response> {
  const visitor = visitorOf(context.get("session"));
  return send(context, edge, { ...heading, visitor }, typeof body === "function" ? body(visitor) : body);
}

/** Sends a page to a browser that nobody is logged in with. */
export function sendOpenPage(context: Context, edge: Edge, heading: Heading, body: Html): Response | Promise<Response> {
  return send(context, edge, heading, body);
}

/** Says that there is nothing, with the navigation where somebody is logged in. */
export function sendMessage(
  context: Context,
  edge: Edge,
  heading: Heading,
  text: string,
): Response | Promise<Response> {
  const session: Session | undefined = context.get("session");
  const visitor = session === undefined ? {} : { visitor: visitorOf(session) };
  const next = html`<a href="/">Overview</a>`;
  return send(context, edge, { ...heading, ...visitor }, messagePage({ text, next }));
}

function send(
  context: Context,
  { assets }: Edge,
  { status, script, ...frame }: Heading & Pick<Frame, "visitor">,
  body: Html,
): Response | Promise<Response> {
  const { urls } = assets;
  const looks = {
    style: urls["headgate.css"],
    icon: urls["icon.svg"],
    ...(script !== undefined && { script: urls[script] }),
  };
  return context.html(toMarkup(layout({ ...frame, ...looks, version: assets.version }, body)), status ?? 200);
}

function visitorOf({ secret, person }: Session): Visitor {
  return { person, form: formToken(secret) };
}
