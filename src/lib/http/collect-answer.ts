import type { Dispatcher } from "undici";
import { Failure } from "../failure.ts";
import { gather } from "./gather.ts";
import { decodeBody, tooLarge } from "./response-body.ts";

/** An answer with its whole body, decoded; header names in lower case. */
export type WholeAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** What is sent, and what bounds the answer: bytes of body, on the wire and decoded, and a signal. */
export type Collected = Dispatcher.DispatchOptions & { readonly maxBytes: number; readonly signal: AbortSignal };

/**
 * Sends a request and keeps the body of its answer as it comes. undici's own `request` makes a stream of every body, which
 * costs more than all else that is done with a small one. Errors of the connection, and the reason of the signal, are thrown.
 */
export async function collectAnswer(
  dispatcher: Dispatcher,
  { maxBytes, signal, ...request }: Collected,
): Promise<WholeAnswer | Failure> {
  const answer = await receive(dispatcher, request, maxBytes, signal);
  if (answer instanceof Failure) return answer;
  const { status, headers, chunks } = answer;
  const body = isBodiless(request.method, status) ? new Uint8Array() : await decodeBody(chunks, headers, maxBytes);
  return body instanceof Failure ? body : { status, headers, body };
}

type Received = Omit<WholeAnswer, "body"> & { readonly chunks: readonly Uint8Array[] };

function receive(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Received | Failure> {
  const { promise, resolve, reject } = Promise.withResolvers<Received | Failure>();
  let running: Dispatcher.DispatchController | undefined;
  const stop = () => running?.abort(signal.reason as Error);
  signal.addEventListener("abort", stop);
  dispatcher.dispatch(request, {
    ...keepAnswer(request.method, maxBytes, { resolve, reject }),
    onRequestStart: (controller) => {
      running = controller;
      if (signal.aborted) stop();
    },
  });
  return promise.finally(() => signal.removeEventListener("abort", stop));
}

/** Keeps what comes up to `maxBytes`; beyond that the request is given up. */
function keepAnswer(
  method: string,
  maxBytes: number,
  told: { readonly resolve: (answer: Received | Failure) => void; readonly reject: (error: Error) => void },
): Dispatcher.DispatchHandler {
  const chunks = gather();
  let bytes = 0;
  let head: Pick<Received, "status" | "headers"> = { status: 0, headers: {} };
  const add = (controller: Dispatcher.DispatchController, more: number) => {
    bytes += more;
    if (bytes <= maxBytes) return;
    told.resolve(tooLarge(maxBytes));
    controller.abort(new Error("too large"));
  };
  return {
    onResponseStart: (controller, status, headers) => {
      if (status < 200) return; // one that says that the answer will come
      head = { status, headers: plainHeaders(headers) };
      const announced = isBodiless(method, status) ? 0 : Number(head.headers["content-length"] ?? 0);
      if (announced > maxBytes) add(controller, announced);
    },
    onResponseData: (controller, chunk) => {
      chunks.add(chunk);
      add(controller, chunk.length);
    },
    onResponseEnd: () => told.resolve({ ...head, chunks: chunks.all() }),
    onResponseError: (_controller, error) => told.reject(error),
  };
}

/** Header names in lower case; what came several times as one list. */
export function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name.toLowerCase(), Array.isArray(value) ? value.join(", ") : (value ?? "")] as const;
  });
  return Object.fromEntries(entries);
}

/** True where no body follows, whatever the headers say of one (RFC 9110, section 6.4.1). */
export function isBodiless(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}
