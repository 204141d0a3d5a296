import { STATUS_CODES } from "node:http";
import { z } from "zod";
import type { Failure } from "../../../lib/failure.ts";

/** What went wrong, as RFC 9457 says it. */
export const problem = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What happened, and what to do."),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457" });

/** One thing that is wrong with what was asked. */
export type ProblemDetail = { readonly path: string; readonly message: string };

/** An answer that says what went wrong: `application/problem+json`. */
export function problemResponse(status: number, detail: string, errors?: readonly ProblemDetail[]): Response {
  const title = STATUS_CODES[status] ?? "Error";
  const body = { type: "about:blank", title, status, detail, ...(errors !== undefined && { errors }) };
  const headers = {
    "content-type": "application/problem+json",
    ...(status === 401 && { "www-authenticate": "Bearer" }),
  };
  return new Response(JSON.stringify(body), { status, headers });
}

/** The status for a failure of the flow. */
export function statusOf({ code }: Failure): number {
  if (code === "not-found") return 404;
  return code === "misconfigured" ? 422 : 503;
}
