import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a stand-in received it. */
export type Received = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
};

/** What a stand-in answers. A `body` that is an object is sent as JSON. */
export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | object;
};

/** How an upstream can be made to misbehave: answer something else, hang, or cut the connection. */
export type Misbehaviour = Answer | "hang" | "reset";

/** A local stand-in of one outside service: a real server on loopback that counts what it is asked. */
export type StandIn = {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly requests: (Received & { readonly status: number; readonly bytes: number })[];
  /** From now on, requests that match misbehave, `times` times (default: until `heal`). */
  readonly fail: (matches: (request: Received) => boolean, how: Misbehaviour, times?: number) => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
};

/** Starts a stand-in on a free loopback port. `answer` must be quick; `delay` (milliseconds) is added to every answer. */
export async function startStandIn(
  answer: (request: Received) => Answer | Promise<Answer>,
  delay: () => number = () => 0,
): Promise<StandIn> {
  const requests: StandIn["requests"] = [];
  let faults: { matches: (request: Received) => boolean; how: Misbehaviour; left: number }[] = [];
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await receive(incoming);
    const fault = faults.find((one) => one.left > 0 && one.matches(request));
    if (fault !== undefined) fault.left--;
    if (fault?.how === "hang") return;
    if (fault?.how === "reset") return void outgoing.destroy();
    const { status = 200, headers = {}, body = "" } = fault?.how ?? (await answer(request));
    const bytes =
      typeof body === "string" || body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    const json =
      typeof body === "object" && !(body instanceof Uint8Array) ? { "content-type": "application/json" } : {};
    await new Promise((resolve) => setTimeout(resolve, delay()));
    requests.push({ ...request, status, bytes: bytes.length });
    outgoing.writeHead(status, { ...json, "content-length": String(bytes.length), ...headers });
    outgoing.end(request.method === "HEAD" ? undefined : bytes);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (matches, how, times = Number.POSITIVE_INFINITY) => void faults.push({ matches, how, left: times }),
    heal: () => {
      faults = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(incoming: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? "/", "http://stand-in");
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
  };
}
