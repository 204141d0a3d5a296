import { createServer } from "node:net";
import { createFetcher, type Fetcher } from "../../src/lib/fetcher.ts";
import { createGitHub } from "../../src/lib/github/client.ts";
import { createGitHubReader } from "../../src/lib/github/upstream/reader.ts";
import type { FetcherOptions } from "../../src/lib/http/fetcher-options.ts";
import type { PollContext } from "../../src/poll/source.ts";
import { aPollContext } from "./poll-context.ts";
import type { Way } from "./source-ways.ts";

/** For hosts that say nothing: headers and body are given a fifth of a second. A busy machine must not take others for silent. */
export const IMPATIENT = { headersTimeout: 200, bodyTimeout: 200 } as const;

/** The clients that reach one source at a URL, and ask once. */
export function clientsFor(
  way: Way,
  url: string,
  options: Partial<FetcherOptions> = {},
): { readonly fetcher: Fetcher; readonly context: PollContext } {
  const fetcher = createFetcher({
    userAgent: "Headgate/test (+https://example.org/headgate)",
    allowPrivate: [new URL(url).host],
    retries: 0,
    retryDelay: 1,
    ...options,
  });
  const plain = aPollContext(fetcher, way.urls(url));
  const credential = { kind: "token", token: "secret" } as const;
  const client = createGitHub({ fetcher, urls: plain.urls.github, credential });
  return { fetcher, context: way.token === undefined ? plain : { ...plain, github: createGitHubReader(client) } };
}

/** A machine that takes connections and says nothing, so that none is ever made: TLS does not begin. */
export async function startSilence(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer();
  const sockets = new Set<{ destroy: () => void }>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
