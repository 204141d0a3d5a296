import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import type { FlowContext } from "../flow/context.ts";
import { commandRoutes } from "./routes/commands.ts";
import { letterRoutes } from "./routes/letters.ts";

/**
 * The daemon's HTTP edge. Everything but the liveness answer and the pages
 * that letters lead to needs the token; a name other than those it listens under
 * is refused, so that a page in a browser cannot reach it through a name of its own (DNS rebinding).
 */
export function createApp(flow: FlowContext, options: { token: string; hosts: readonly string[] }): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const host = (context.req.header("host") ?? "").replace(/:\d+$/, "");
    if (!options.hosts.includes(host)) return context.json({ error: "This name is not served here." }, 421);
    return next();
  });
  app.get("/healthz", (context) => context.json({ status: "alive" }));
  app.use("/api/*", async (context, next) => {
    if (!sameText(context.req.header("authorization") ?? "", `Bearer ${options.token}`)) {
      return context.json({ error: "A token is needed: see data/daemon.json, or HEADGATE_HTTP_TOKEN." }, 401);
    }
    return next();
  });
  app.use(bodyLimit({ maxSize: 64 * 1024 }));
  app.route("/api/commands", commandRoutes(flow));
  app.route("/letters", letterRoutes(flow));
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    flow.log.error("A command failed", { path: context.req.path, error });
    return context.json({ error: "The command failed; the daemon's log says why." }, 500);
  });
  return app;
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
