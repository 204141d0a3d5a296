import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

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

/**
 * How an upstream can be made to misbehave: answer something else, never answer, cut the connection before an answer or
 * in the middle of one, stop after the first byte of the body, send so many bytes, or say that its answer is of another type.
 */
export type Misbehaviour =
  | Answer
  | "hang"
  | "reset"
  | "cut"
  | "stall"
  | { readonly flood: number }
  | { readonly mislabel: string };

/**
 * A request with what was sent back: `bytes` of body as they went over the wire, `whole` before compression. `at`: when it
 * came, in epoch milliseconds. Status 0: it got no answer.
 */
export type Answered = Received & {
  readonly at: number;
  readonly status: number;
  readonly bytes: number;
  readonly whole: number;
  readonly sent: Readonly<Record<string, string>>;
};

/** How a stand-in answers. */
export type StandInOptions = {
  /** Milliseconds added to every answer, told once it may go out at all. */
  readonly delay?: () => number | Promise<number>;
  /** Compresses bodies for those who accept that, as the real services do. */
  readonly gzip?: boolean;
};

/** A local stand-in of one outside service: a real server on loopback that counts what it is asked. */
export type StandIn = {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly requests: Answered[];
  /** The ports of those who wait for an answer at this moment. */
  readonly waiting: () => ReadonlySet<number>;
  /** From now on, requests that match misbehave, `times` times (default: until `heal`). */
  readonly fail: (matches: (request: Received) => boolean, how: Misbehaviour, times?: number) => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
};

/** Starts a stand-in on a free loopback port. `answer` must be quick. */
export async function startStandIn(
  answer: (request: Received) => Answer | Promise<Answer>,
  { delay = () => 0, gzip = false }: StandInOptions = {},
): Promise<StandIn> {
  const requests: StandIn["requests"] = [];
  const waiting = new Set<number>();
  let faults: { matches: (request: Received) => boolean; how: Misbehaviour; left: number }[] = [];
  const server = createServer((incoming, outgoing) => {
    const port = incoming.socket.remotePort ?? 0;
    waiting.add(port);
    outgoing.once("close", () => waiting.delete(port));
    void serve(incoming, outgoing).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

  server.keepAliveTimeout = 75_000; // as common servers; Node's own five seconds end between two requests of a busy machine

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await receive(incoming);
    const fault = faults.find((one) => one.left > 0 && one.matches(request));
    if (fault !== undefined) fault.left--;
    const at = Date.now();
    const how = fault?.how;
    if (how !== undefined && (typeof how === "string" || "flood" in how)) {
      requests.push({ ...request, at, status: 0, bytes: 0, whole: 0, sent: {} });
      return misbehave(outgoing, how);
    }
    const given = how !== undefined && !("mislabel" in how) ? how : relabelled(await answer(request), how?.mislabel);
    const wait = await delay();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const { body, ...facts } = toWire(request, given, gzip);
    requests.push({ ...request, ...facts, at, bytes: body?.length ?? 0 });
    outgoing.writeHead(facts.status, facts.sent);
    outgoing.end(body);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    waiting: () => waiting,
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

function relabelled(answer: Answer, type: string | undefined): Answer {
  return type === undefined ? answer : { ...answer, headers: { ...answer.headers, "content-type": type } };
}

type Abrupt = Exclude<Misbehaviour, Answer | { readonly mislabel: string }>;

async function misbehave(outgoing: ServerResponse, how: Abrupt): Promise<void> {
  if (how === "hang") return;
  if (how === "reset") return void outgoing.destroy();
  outgoing.writeHead(200, { "content-type": "application/json", ...(how === "cut" && { "content-length": "1000" }) });
  if (how === "cut") return void outgoing.write("{", () => outgoing.destroy());
  if (how === "stall") return void outgoing.write("{");
  const piece = Buffer.alloc(65_536, " ");
  for (let sent = 0; sent < how.flood && !outgoing.destroyed; sent += piece.length) {
    if (!outgoing.write(piece)) await new Promise<void>((resolve) => afterEither(outgoing, resolve));
  }
  outgoing.end();
}

function afterEither(outgoing: ServerResponse, resolve: () => void): void {
  const done = () => {
    outgoing.off("drain", done).off("close", done);
    resolve();
  };
  outgoing.on("drain", done).on("close", done);
}

/** An answer as it goes over the wire; `whole` is the length of its body before compression. */
function toWire(request: Received, { status = 200, headers = {}, body = "" }: Answer, gzip: boolean) {
  const json = typeof body === "object" && !(body instanceof Uint8Array);
  const bytes = Buffer.from(json ? JSON.stringify(body) : body);
  const packs = gzip && bytes.length > 200 && (request.headers["accept-encoding"] ?? "").includes("gzip");
  // the least effort: a stand-in shares its core with others, and the services that it stands for do not
  const packed = packs ? gzipSync(bytes, { level: 1 }) : bytes;
  const sent = {
    ...(json && { "content-type": "application/json" }),
    "content-length": String(packed.length),
    ...(packs && { "content-encoding": "gzip" }),
    ...headers,
  };
  if (request.method === "HEAD" || status === 304) return { status, sent, whole: 0, body: undefined };
  return { status, sent, whole: bytes.length, body: packed };
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
