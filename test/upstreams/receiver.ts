import { createServer, type IncomingHttpHeaders } from "node:http";

/** A request as it came. */
type Received = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string };

/** A server on loopback that takes webhooks. `answer` is what it says to the next ones. */
export type Receiver = {
  readonly url: string;
  readonly received: Received[];
  answer: { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
  readonly close: () => Promise<void>;
};

/** Starts one on a free port; everything is taken until told otherwise. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        path: request.url ?? "",
      });
      response.writeHead(receiver.answer.status, receiver.answer.headers).end("no");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/`,
    received,
    answer: { status: 204 },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
