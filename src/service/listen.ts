import { serve } from "@hono/node-server";
import { type Failure, toFailure } from "../lib/failure.ts";

type Fetch = Parameters<typeof serve>[0]["fetch"];

/** How patient the edge is with whoever connects. Times in milliseconds. */
type Patience = {
  /** For the head of a request, from the moment of the connection, and for the whole of it. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
  /** Connections at once: what comes beyond is hung up on, so that polls and the store always have descriptors left. */
  readonly mostConnections: number;
};

/** Requests are small, and come from browsers and commands: who needs longer is slow on purpose. */
const PATIENCE: Patience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  mostConnections: 500,
};

/** Serves requests at an address; a failure says why it cannot be listened on. */
export function listen(
  fetch: Fetch,
  hostname: string,
  port: number,
  { mostConnections, ...patience }: Patience = PATIENCE,
): Promise<ReturnType<typeof serve> | Failure> {
  return new Promise((resolve) => {
    const server = serve({ fetch, hostname, port, serverOptions: patience }, () => resolve(server));
    server.maxConnections = mostConnections;
    server.on("error", (error) => {
      const advice = "another program has that port, perhaps another Headgate: set web.port, or 0 for any free one";
      resolve(toFailure(error, "misconfigured", `${hostname}:${port} cannot be listened on (${advice})`));
    });
  });
}
