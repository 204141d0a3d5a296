import type { z } from "zod";
import type { FlowContext } from "../../../flow/context.ts";
import type { Failure } from "../../../lib/failure.ts";

/** A text with the media type it is sent as, instead of JSON. */
export type ApiDocument = { readonly mediaType: string; readonly fileName: string; readonly text: string };

/** What a route was asked, checked by its own schemas. */
type Asked = { readonly path: unknown; readonly query: unknown; readonly body: unknown };

/**
 * One operation of the API: what may be asked, what is answered, and how. Routes are plain data, so that the served
 * document (OpenAPI) and the server are made from the same list and cannot differ. `path` is below `/api/v1`, with holes such
 * as `{id}`.
 */
export type ApiRoute = {
  readonly id: string;
  readonly method: "get" | "post";
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly parameters: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body?: z.ZodType;
  /** What comes back as JSON; or the media types of a document. */
  readonly answer: z.ZodType | readonly string[];
  readonly handle: (flow: FlowContext, asked: Asked) => Promise<unknown | ApiDocument | Failure>;
};

/** Defines a route whose handler is held to its own schemas by the compiler. */
export function defineRoute<
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(route: {
  readonly id: string;
  readonly method: "get" | "post";
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly parameters: Path;
  readonly query: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly handle: (
    flow: FlowContext,
    asked: { readonly path: z.output<Path>; readonly query: z.output<Query>; readonly body: z.output<Body> },
  ) => Promise<z.input<Answer> | Failure>;
}): ApiRoute {
  return { ...route, handle: (flow, asked) => route.handle(flow, asked as Parameters<typeof route.handle>[1]) };
}
