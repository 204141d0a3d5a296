import type { DaemonAddress } from "../lib/daemon-file.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import { createFetcher } from "../lib/fetcher.ts";
import { USER_AGENT } from "../service/open-flow.ts";

/** Posts to the daemon's own API with its token; what it answers, as JSON, or its `error` as a failure. */
export async function askDaemon(daemon: DaemonAddress, path: string, input: unknown): Promise<unknown> {
  const fetcher = createFetcher({ userAgent: USER_AGENT, allowPrivate: [new URL(daemon.url).host] });
  try {
    const response = await fetcher.fetch({
      url: daemon.url + path,
      method: "POST",
      headers: { authorization: `Bearer ${daemon.token}`, "content-type": "application/json" },
      body: JSON.stringify(input),
      timeout: 15 * 60_000,
      maxBytes: 256 * 1024 * 1024,
    });
    if (isFailure(response))
      return new Failure(
        "unavailable",
        `The daemon (process ${daemon.pid}) owns the store but does not answer: ${response.message}`,
      );
    const answer = JSON.parse(Buffer.from(response.body).toString("utf8")) as { error?: string };
    return response.status === 200
      ? answer
      : new Failure("unavailable", answer.error ?? `The daemon answered ${response.status}.`);
  } finally {
    await fetcher.close();
  }
}
