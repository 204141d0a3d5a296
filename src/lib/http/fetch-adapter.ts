import { isFailure } from "../failure.ts";
import type { Fetcher, FetchRequest } from "../fetcher.ts";

const BODILESS = [101, 204, 205, 304];

/**
 * Lets a client that insists on the `fetch` of browsers go out through the fetcher. Unlike the fetcher it throws: the
 * `Failure`, as it is. Supports method, headers, text and byte bodies, `signal` and `redirect`.
 */
export function asFetch(fetcher: Fetcher): typeof fetch {
  return async (input, init = {}) => {
    const source = input instanceof Request ? input : undefined;
    const url = source?.url ?? String(input);
    const signal = init.signal ?? source?.signal;
    const body = init.body === undefined || init.body === null ? await bodyOf(source) : await bytesOf(init.body);
    const answer = await fetcher.fetch({
      url,
      method: (init.method ?? source?.method ?? "GET").toUpperCase() as NonNullable<FetchRequest["method"]>,
      headers: Object.fromEntries(new Headers(init.headers ?? source?.headers)),
      ...(body !== undefined && { body }),
      ...(signal !== undefined && signal !== null && { signal }),
      followRedirects: (init.redirect ?? source?.redirect) !== "manual",
    });
    if (isFailure(answer)) throw answer;
    const { "content-encoding": _encoding, "content-length": _length, ...headers } = answer.headers;
    const content = BODILESS.includes(answer.status) ? null : new Uint8Array(answer.body);
    const response = new Response(content, { status: answer.status, headers });
    Object.defineProperty(response, "url", { value: answer.url });
    return response;
  };
}

async function bodyOf(request: Request | undefined): Promise<Uint8Array | undefined> {
  return request === undefined || request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
}

async function bytesOf(body: NonNullable<RequestInit["body"]>): Promise<string | Uint8Array> {
  return typeof body === "string" ? body : new Uint8Array(await new Response(body).arrayBuffer());
}
