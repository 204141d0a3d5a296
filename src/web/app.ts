import { type ErrorHandler, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import type { NextRun } from "../domain/pages/overview.ts";
import type { FlowContext } from "../flow/context.ts";
import { loadAssets } from "./assets.ts";
import { bearer } from "./bearer.ts";
import { createChanges } from "./changes.ts";
import { dashboard } from "./dashboard.ts";
import type { Edge } from "./edge.ts";
import { createLoginGuard, type LoginGuard } from "./login-guard.ts";
import { createLoginLinks, type LoginLinks } from "./login-links.ts";
import { sendMessage } from "./pages.ts";
import { NO_PROBES, type Probes } from "./probes.ts";
import { createRequestIds } from "./request-id.ts";
import { problemResponse } from "./routes/api/problem.ts";
import { apiRoutes } from "./routes/api.ts";
import { assetRoutes } from "./routes/assets.ts";
import { commandRoutes } from "./routes/commands.ts";
import { healthRoutes } from "./routes/health.ts";
import { letterRoutes } from "./routes/letters.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { neverStored, onlyHosts, protectiveHeaders } from "./security.ts";

/** What the edge is told by whoever starts it. */
export type EdgeOptions = {
  readonly token: string;
  /** Names that it is reached under. */
  readonly hosts: readonly string[];
  readonly links?: LoginLinks;
  readonly guard?: LoginGuard;
  readonly trustedProxies?: readonly string[];
  readonly nextRuns?: () => readonly NextRun[];
  /** Has what a person decided carried out at once. */
  readonly carryOut?: () => Promise<unknown>;
  readonly probes?: Probes;
};

/**
 * The daemon's HTTP edge. Open to anybody who may reach it: the liveness answer, the dashboard's files, and the pages that
 * letters lead to. `/api` wants the token, pages want a login. Names other than ours are refused.
 */
export function createApp(given: FlowContext, options: EdgeOptions): Hono {
  const requests = createRequestIds(given.log);
  const flow = { ...given, log: requests.log };
  const edge = toEdge(flow, options);
  const app = new Hono();
  app.use(...requests.handlers, protectiveHeaders(), neverStored(), onlyHosts(options.hosts));
  app.route("/", healthRoutes(flow, options.probes ?? NO_PROBES));
  app.get(
    "/metrics",
    bearer(edge, (context, detail, status) => context.text(`${detail}\n`, status)),
  );
  app.route("/", metricsRoutes(flow, options.probes ?? NO_PROBES));
  app.route("/assets", assetRoutes(edge.assets));
  app.use(
    "/api/*",
    bearer(edge, (context, detail, status) =>
      isApi(context.req.path) ? problemResponse(status, detail) : context.json({ error: detail }, status),
    ),
  );
  app.use(bodyLimit({ maxSize: 64 * 1024 }));
  app.post("/api/login-links", (context) => context.json({ path: edge.links.make() }));
  app.route("/api/commands", commandRoutes(edge));
  app.route("/api", apiRoutes(flow));
  app.all("/api/*", (context) => context.json({ error: "There is nothing under this path." }, 404));
  app.route("/letters", letterRoutes(edge));
  app.route("/", dashboard(edge));
  app.notFound((context) => sendMessage(context, edge, NOT_FOUND, "There is no such page here, or not any more."));
  app.onError(sayFailed(edge, requests.current));
  return app;
}

/** The answer to a request that threw, in the form of who asked; the log says why, under the number of the request. */
function sayFailed(edge: Edge, numberOf: () => string | undefined): ErrorHandler {
  return (error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    const number = numberOf();
    edge.flow.log.error("A request failed", { path: context.req.path, error });
    if (isApi(context.req.path)) return problemResponse(500, `It failed; the daemon's log says why under ${number}.`);
    if (context.req.path.startsWith("/api/"))
      return context.json({ error: `The command failed; the daemon's log says why under ${number}.` }, 500);
    return sendMessage(
      context,
      edge,
      FAILED,
      `The daemon's log says why, under the number ${number}. Try again later.`,
    );
  };
}

/** Answers of the API say what went wrong in its own form; the command line has another. */
function isApi(path: string): boolean {
  return path.startsWith("/api/v1/") || path === "/api/openapi.json";
}

const NOT_FOUND = { title: "There is no such page", status: 404 } as const;
const FAILED = { title: "Something went wrong here", status: 500 } as const;

function toEdge(flow: FlowContext, options: EdgeOptions): Edge {
  const { token, links, guard, nextRuns, carryOut, trustedProxies = [] } = options;
  return {
    flow,
    token,
    trustedProxies,
    guard: guard ?? createLoginGuard(() => flow.clock()),
    assets: loadAssets(),
    changes: createChanges(),
    links: links ?? createLoginLinks(() => flow.clock()),
    publicUrl: flow.publicUrl === undefined ? undefined : new URL(flow.publicUrl),
    nextRuns: nextRuns ?? (() => []),
    carryOut: carryOut ?? (async () => undefined),
  };
}
