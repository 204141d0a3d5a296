import { type Context, Hono } from "hono";
import { loginPage } from "../../views/pages/login.ts";
import { sameText } from "../csrf.ts";
import type { Edge } from "../edge.ts";
import { sendMessage, sendOpenPage } from "../pages.ts";
import { startSession } from "../sessions.ts";
import { addressOf } from "../visitor.ts";

/** The way in: by the token, or by a link that works once. */
export function loginRoutes(edge: Edge): Hono {
  const routes = new Hono();
  routes.get("/", (context) => askFor(context, edge, localPath(context.req.query("next"))));
  routes.post("/", async (context) => {
    const given = await context.req.parseBody();
    const next = localPath(given.next);
    const address = addressOf(context, edge.trustedProxies);
    const seconds = edge.guard.wait(address);
    if (seconds > 0) {
      context.header("Retry-After", String(seconds));
      return askFor(context, edge, next, {
        status: 429,
        wrong: `Too many wrong tokens. Try again in ${seconds} seconds.`,
      });
    }
    if (typeof given.token !== "string" || !sameText(given.token.trim(), edge.token)) {
      await edge.guard.failed(address);
      edge.flow.log.warn("A wrong token was tried on the login page", { address });
      return askFor(context, edge, next, { status: 401, wrong: "This is not the token." });
    }
    await startSession(context, edge, nameFrom(given.person));
    return context.redirect(next, 303);
  });
  routes.get("/:code", async (context) => {
    // A look ahead (HEAD, or a browser's prefetch) must not use it up.
    const ahead = context.req.method !== "GET" || /prefetch/.test(context.req.header("sec-purpose") ?? "");
    if (!ahead && edge.links.take(context.req.param("code"))) {
      await startSession(context, edge, "");
      return context.redirect("/", 303);
    }
    const text =
      "This link was used, or is older than ten minutes. Log in with the token, or get a new link by `headgate dashboard`.";
    return sendMessage(context, edge, { title: "This link is over", status: 410 }, text);
  });
  return routes;
}

function askFor(
  context: Context,
  edge: Edge,
  next: string,
  { status, wrong }: { readonly status?: 401 | 429; readonly wrong?: string } = {},
): Response | Promise<Response> {
  const body = loginPage({ next, ...(wrong !== undefined && { wrong }) });
  return sendOpenPage(context, edge, { title: "Log in", ...(status !== undefined && { status }) }, body);
}

/** A path of ours to go on to; anything else leads to the first page. */
export function localPath(text: unknown): string {
  if (typeof text !== "string" || !text.startsWith("/") || !URL.canParse(text, "http://here.invalid")) return "/";
  const url = new URL(text, "http://here.invalid");
  const here = url.host === "here.invalid" && !url.pathname.startsWith("//"); // `/.//host` becomes `//host`
  return here ? `${url.pathname}${url.search}` : "/";
}

/** A name as it may be stored and shown: one line, not longer than a decision takes. */
export function nameFrom(text: unknown): string {
  return typeof text === "string"
    ? text
        .toWellFormed()
        .replace(/[\p{Cc}\p{Cf}]/gu, "")
        .trim()
        .slice(0, 100)
    : "";
}
