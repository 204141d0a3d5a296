import { Hono } from "hono";
import type { FlowContext } from "../../flow/context.ts";
import { readSubscription, type Subscription, setSubscribed } from "../../flow/subscriptions.ts";
import { type Html, html, toMarkup } from "../../views/html.ts";
import { button, mailPage } from "../../views/mail.ts";

/**
 * Where a letter's List-Unsubscribe leads. A look at it changes nothing (mail programs and scanners follow links); the
 * POST does, from its form or in one click (RFC 8058). The token is the right to do it: no login, no cookie.
 */
export function letterRoutes(flow: FlowContext): Hono {
  const routes = new Hono();
  routes.get("/:token", async (context) => {
    const found = await readSubscription(flow, context.req.param("token"));
    return found === undefined ? context.html(unknown(), 404) : context.html(form(found));
  });
  routes.post("/:token", async (context) => {
    const found = await readSubscription(flow, context.req.param("token"));
    if (found === undefined) return context.html(unknown(), 404);
    const wanted = (await context.req.parseBody()).letters === "again";
    await setSubscribed(flow, found, wanted);
    return context.html(form({ ...found, left: !wanted }));
  });
  return routes;
}

function form({ address, left }: Subscription): string {
  const words = left ? `No more letters go to ${address}.` : `Headgate sends digests and alerts to ${address}.`;
  const action = left ? button("again", "Send them again") : button("stop", "Send no more");
  return page("Letters from Headgate", html`<p>${words}</p><form method="post">${action}</form>`);
}

function unknown(): string {
  return page(
    "There is no such page",
    html`<p>This link is not one of this installation's, or its recipient is not configured any more.</p>`,
  );
}

function page(title: string, body: Html): string {
  return toMarkup(mailPage({ title, preview: "", body }));
}
