import { z } from "zod";
import { VERSION } from "../../../domain/product.ts";
import { problem } from "./problem.ts";
import type { ApiRoute } from "./route.ts";
import { API_ROUTES } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** The API's document (OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1.html), made from the routes themselves. */
export function openApiDocument(): Json {
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of API_ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route, schemas) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Headgate",
      version: VERSION,
      summary: "What projects take from upstream, what may move, and why not.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "HEADGATE_HTTP_TOKEN, or the token in data/daemon.json.",
        },
      },
    },
  };
}

function operationOf(route: ApiRoute, schemas: Record<string, Json>): Json {
  const { id, tag, summary, body, answer } = route;
  const content = Array.isArray(answer)
    ? Object.fromEntries(answer.map((mediaType: string) => [mediaType, { schema: {} }]))
    : { "application/json": { schema: schemaOf(answer as z.ZodType, "output", schemas) } };
  const failed = { content: { "application/problem+json": { schema: schemaOf(problem, "output", schemas) } } };
  return {
    operationId: id,
    tags: [tag],
    summary,
    parameters: [...parametersOf(route.parameters, "path", schemas), ...parametersOf(route.query, "query", schemas)],
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input", schemas) } } },
    }),
    responses: {
      200: { description: "Done.", content },
      400: { description: "What was asked is not of the right form.", ...failed },
      401: { description: "The token is missing or wrong.", ...failed },
      404: { description: "There is no such thing.", ...failed },
      422: { description: "It cannot be done; the detail says why and what to do.", ...failed },
      429: { description: "Too many wrong tokens from there; `Retry-After` says for how long to wait.", ...failed },
      500: { description: "A defect; the detail has the number under which the log tells of it.", ...failed },
      503: { description: "Something that is needed does not answer.", ...failed },
    },
  };
}

function parametersOf(shape: z.ZodObject, place: "path" | "query", schemas: Record<string, Json>): Json[] {
  return Object.entries(shape.shape).map(([name, one]) => {
    const { description, ...schema } = schemaOf(one as z.ZodType, "input", schemas);
    const required = place === "path" || !z.safeParse(one as z.ZodType, undefined).success;
    return { name, in: place, required, schema, ...(description !== undefined && { description }) };
  });
}

/** The JSON Schema of a part. What has a name of its own goes among the document's components and is referred to. */
function schemaOf(part: z.ZodType, io: "input" | "output", schemas: Record<string, Json>): Json {
  const text = JSON.stringify(z.toJSONSchema(part, { io, unrepresentable: "any" }));
  const { $schema: _, $defs, ...schema } = JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
  for (const [name, one] of Object.entries(($defs ?? {}) as Record<string, Json>)) schemas[name] = without(one);
  const name = part.meta()?.id;
  if (typeof name !== "string" || schema.$ref !== undefined) return schema;
  schemas[name] = without(schema);
  return { $ref: `#/components/schemas/${name}` };
}

function without({ id: _, ...schema }: Json): Json {
  return schema;
}
