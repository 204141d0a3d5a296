import { readConfig } from "../config.ts";
import { COMMANDS } from "../flow/commands.ts";
import { type DaemonAddress, readDaemonFile } from "../lib/daemon-file.ts";
import { Failure, isFailure } from "../lib/failure.ts";
import { createFetcher } from "../lib/fetcher.ts";
import { openFlow, USER_AGENT } from "../service/open-flow.ts";
import { processLog } from "./process-log.ts";

/**
 * Runs a command that needs state: inside the daemon when one owns the store, else here. The result is the same plain
 * data either way, so `Result` is what the command of that name documents.
 */
export async function runCommand<Result>(
  name: string,
  input: unknown,
  options: { config?: string; watch?: string },
): Promise<Result | Failure> {
  const config = readConfig({
    ...(options.config !== undefined && { file: options.config }),
    ...(options.watch !== undefined && { watch: options.watch }),
  });
  if (isFailure(config)) return config;
  const daemon = readDaemonFile(config.dataDirectory);
  if (daemon !== undefined) return (await askDaemon(daemon, name, input)) as Result | Failure;
  const opened = await openFlow(config, processLog("warn"));
  if (isFailure(opened)) return opened;
  try {
    return (await COMMANDS[name]?.(opened.flow, input)) as Result | Failure;
  } finally {
    await opened.close();
  }
}

async function askDaemon(daemon: DaemonAddress, name: string, input: unknown): Promise<unknown> {
  const fetcher = createFetcher({ userAgent: USER_AGENT, allowPrivate: [new URL(daemon.url).host] });
  try {
    const response = await fetcher.fetch({
      url: `${daemon.url}/api/commands/${name}`,
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
    const answer = JSON.parse(Buffer.from(response.body).toString("utf8")) as { result?: unknown; error?: string };
    return response.status === 200
      ? answer.result
      : new Failure("unavailable", answer.error ?? `The daemon answered ${response.status}.`);
  } finally {
    await fetcher.close();
  }
}
