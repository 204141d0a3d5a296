import { type Context, Hono } from "hono";
import { readSubscription, resubscribe, type Subscription, unsubscribe } from "../../flow/letters/subscriptions.ts";
import { html } from "../../views/html.ts";
import type { Edge } from "../edge.ts";
import { sendMessage, sendOpenPage } from "../pages.ts";

/**
 * Where a letter's List-Unsubscribe leads. A look at it changes nothing (mail programs and scanners follow links); the
 * POST does, from its form or in one click (RFC 8058). The token is the right to do it: no login, no cookie.
 */
export function letterRoutes(edge: Edge): Hono {
  const { flow } = edge;
  const routes = new Hono();
  routes.get("/:token", async (context) => {
    const found = await readSubscription(flow, context.req.param("token"));
    return found === undefined ? unknown(context, edge) : form(context, edge, found);
  });
  routes.post("/:token", async (context) => {
    const found = await readSubscription(flow, context.req.param("token"));
    if (found === undefined) return unknown(context, edge);
    const wanted = (await context.req.parseBody()).letters === "again";
    await (wanted ? resubscribe : unsubscribe)(flow, found);
    return form(context, edge, { ...found, left: !wanted });
  });
  return routes;
}

function form(context: Context, edge: Edge, { address, left }: Subscription): Response | Promise<Response> {
  const words = left ? `No more letters go to ${address}.` : `Headgate sends digests and alerts to ${address}.`;
  const [value, label] = left ? ["again", "Send them again"] : ["stop", "Send no more"];
  const body = html`<p>${words}</p><form method="post"><button name="letters" value="${value}">${label}</button></form>`;
  return sendOpenPage(context, edge, { title: "Letters from Headgate" }, body);
}

function unknown(context: Context, edge: Edge): Response | Promise<Response> {
  const text = "This link is not one of this installation's, or its recipient is not configured any more.";
  return sendMessage(context, edge, { title: "There is no such page", status: 404 }, text);
}
