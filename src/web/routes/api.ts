import { type Context, Hono } from "hono";
import type { z } from "zod";
import type { FlowContext } from "../../flow/context.ts";
import { isFailure } from "../../lib/failure.ts";
import { openApiDocument } from "./api/open-api.ts";
import { type ProblemDetail, problemResponse, statusOf } from "./api/problem.ts";
import type { ApiDocument, ApiRoute } from "./api/route.ts";
import { API_ROUTES } from "./api/routes.ts";

/** The API under `/v1`, and `/openapi.json` which describes it. Whoever mounts it asks for the token first. */
export function apiRoutes(flow: FlowContext): Hono {
  const routes = new Hono();
  const document = openApiDocument();
  routes.get("/openapi.json", (context) => context.json(document));
  for (const route of API_ROUTES) {
    const path = `/v1${route.path.replace(/\{(\w+)\}/g, ":$1")}`;
    routes.on(route.method.toUpperCase(), path, (context) => answer(route, flow, context));
  }
  routes.all("/v1/*", () =>
    problemResponse(404, "There is nothing under this path; /api/openapi.json lists what there is."),
  );
  return routes;
}

async function answer(route: ApiRoute, flow: FlowContext, context: Context): Promise<Response> {
  const path = route.parameters.safeParse(context.req.param());
  const query = route.query.safeParse(context.req.query());
  const body = await readBody(route, context);
  const wrong = [...errorsOf("path", path), ...errorsOf("query", query), ...errorsOf("body", body)];
  if (wrong.length > 0) return problemResponse(400, sentenceOf(wrong), wrong);
  const result = await route.handle(flow, { path: path.data, query: query.data, body: body.data });
  if (isFailure(result)) return problemResponse(statusOf(result), result.message);
  return Array.isArray(route.answer) ? documentResponse(result as ApiDocument) : context.json(result as object);
}

type Parsed = { readonly success: boolean; readonly data?: unknown; readonly error?: z.ZodError | undefined };

async function readBody({ body }: ApiRoute, context: Context): Promise<Parsed> {
  if (body === undefined) return { success: true };
  const given: unknown = await context.req.json().catch(() => undefined);
  return body.safeParse(given);
}

function errorsOf(place: string, { error }: Parsed): ProblemDetail[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ path: [place, ...path].join("."), message }));
}

function sentenceOf(wrong: readonly ProblemDetail[]): string {
  return `${wrong.map(({ path, message }) => `${path}: ${message}`).join("; ")}.`;
}

function documentResponse({ mediaType, fileName, text }: ApiDocument): Response {
  const disposition = `attachment; filename="${fileName}"`;
  return new Response(text, { headers: { "content-type": mediaType, "content-disposition": disposition } });
}
