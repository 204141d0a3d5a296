import { type Context, Hono } from "hono";
import { compress } from "hono/compress";
import { isSameOrigin, readFormToken } from "./csrf.ts";
import type { Edge, PageEnv } from "./edge.ts";
import { sendMessage } from "./pages.ts";
import { advisoryRoutes } from "./routes/advisories.ts";
import { auditRoutes } from "./routes/audit.ts";
import { candidateRoutes } from "./routes/candidates.ts";
import { componentPageRoutes } from "./routes/component.ts";
import { componentRoutes } from "./routes/components.ts";
import { deliveryRoutes } from "./routes/deliveries.ts";
import { integrityRoutes } from "./routes/integrity.ts";
import { loginRoutes } from "./routes/login.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { problemRoutes } from "./routes/problems.ts";
import { progressRoutes } from "./routes/progress.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { endSession, readSession } from "./sessions.ts";

const SAFE = ["GET", "HEAD"];

/** The pages for people. All but the login need a session; what changes something also needs to come from a form of ours. */
export function dashboard(edge: Edge): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  app.use(compress());
  app.use(async (context, next) => {
    if (SAFE.includes(context.req.method) || isSameOrigin(context, edge.publicUrl?.origin)) return next();
    return refuse(context, edge, "This did not come from a page of this dashboard. Nothing was done.");
  });
  app.route("/login", loginRoutes(edge));
  app.use(async (context, next) => {
    const session = await readSession(context, edge);
    if (session === undefined) return toLogin(context);
    context.set("session", session);
    if (SAFE.includes(context.req.method)) return next();
    const { form } = await context.req.parseBody();
    const number = readFormToken(session.secret, form);
    if (number !== undefined) {
      context.set("form", number);
      return next();
    }
    return refuse(context, edge, "This form is of another login. Nothing was done: load the page again and repeat.");
  });
  app.post("/logout", async (context) => {
    await endSession(context, edge, context.get("session"));
    return context.redirect("/login", 303);
  });
  app.route("/", overviewRoutes(edge));
  app.route("/", progressRoutes(edge));
  app.route("/", advisoryRoutes(edge));
  app.route("/", integrityRoutes(edge));
  app.route("/", deliveryRoutes(edge));
  app.route("/", problemRoutes(edge));
  app.route("/", auditRoutes(edge));
  app.route("/", settingsRoutes(edge));
  app.route("/", componentRoutes(edge));
  app.route("/", componentPageRoutes(edge));
  app.route("/", candidateRoutes(edge));
  return app;
}

/** Where somebody who is not logged in wanted to go is where they go afterwards; what they sent is not kept. */
function toLogin(context: Context): Response {
  const { pathname, search } = new URL(context.req.url);
  const wanted = SAFE.includes(context.req.method) ? pathname + search : "/";
  return context.redirect(wanted === "/" ? "/login" : `/login?next=${encodeURIComponent(wanted)}`, 303);
}

function refuse(context: Context, edge: Edge, text: string): Response | Promise<Response> {
  return sendMessage(context, edge, { title: "Refused", status: 403 }, text);
}
