import type { ZodType } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { FetchRequest, FetchResponse } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";

/** Sends a request below the API of one server, with the credential for it. `what` it asks or does: for people. */
export type Ask = (
  request: Omit<FetchRequest, "url"> & { readonly path: string },
  what: string,
) => Promise<FetchResponse | Failure>;

/** Something to be changed, and how it is called for people: "open the pull request". */
export type Change = {
  readonly what: string;
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
};

/** Rows of the pages that were read; `complete` when there are no more. */
export type Paged<Row> = { readonly rows: readonly Row[]; readonly complete: boolean };

/** Makes requests that change something, with JSON both ways. */
export function changeBy(ask: Ask): <Value>(change: Change, schema: ZodType<Value>) => Promise<Value | Failure> {
  return async ({ what, method, path, body }, schema) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const response = await ask({ path, method, headers, ...json }, what);
    if (isFailure(response)) return response;
    return response.body.length === 0 ? schema.parse(undefined) : readJson(response, schema);
  };
}

/** Asks the first time and keeps the answer; a failure is not kept. */
export function askedOnce<Value>(ask: () => Promise<Value | Failure>): () => Promise<Value | Failure> {
  let asked: Promise<Value | Failure> | undefined;
  return async () => {
    asked ??= ask();
    const answer = await asked;
    if (isFailure(answer)) asked = undefined;
    return answer;
  };
}

/**
 * What an answer that is no success means, with the server's own sentence where it has one. `refusals`: statuses that
 * say that the request was understood and not carried out, so that a later try gets the same answer.
 */
export function refusalOf(
  response: FetchResponse,
  what: string,
  { said, refusals }: { readonly said: string; readonly refusals: ReadonlySet<number> },
): Failure {
  const failure = failureOfStatus(response, what);
  const message = said === "" ? failure.message : `${failure.message}: ${said}`;
  const code = refusals.has(response.status) ? "refused" : failure.code;
  return new Failure(code, message.slice(0, 500), { retryAt: failure.retryAt });
}
