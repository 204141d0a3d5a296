import type { Failure } from "../../src/lib/failure.ts";
import type { Fetcher, FetchRequest } from "../../src/lib/fetcher.ts";

/** What a fetcher without a network answers. A `body` that is not text is sent as JSON. */
export type FakeAnswer = { readonly status?: number; readonly body?: unknown } | Failure;

/** A fetcher without a network that remembers what it was asked. */
export function fakeFetcher(
  answer: (request: FetchRequest) => FakeAnswer,
): Fetcher & { readonly asked: FetchRequest[] } {
  const asked: FetchRequest[] = [];
  return {
    asked,
    fetch: async (request) => {
      asked.push(request);
      const given = answer(request);
      if (given instanceof Error) return given;
      const { status = 200, body = "" } = given;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return { status, url: request.url, headers: {}, body: new TextEncoder().encode(text) };
    },
    close: async () => undefined,
  };
}
