import { type Config, readConfig } from "../config.ts";
import { COMMANDS } from "../flow/commands.ts";
import { readDaemonFile } from "../lib/daemon-file.ts";
import { type Failure, isFailure } from "../lib/failure.ts";
import { openFlow } from "../service/open-flow.ts";
import { askDaemon } from "./ask-daemon.ts";
import { processLog } from "./process-log.ts";
import { startProgress } from "./progress.ts";

/**
 * Runs a command that needs state: inside the daemon when one owns the store, else here. The result is the same plain
 * data either way, so `Result` is what the command of that name documents.
 */
export async function runCommand<Result>(
  name: string,
  input: unknown,
  options: { config?: string; optional?: boolean; checkout?: string },
): Promise<Result | Failure> {
  const config = readConfig({
    ...(options.config !== undefined && { file: options.config }),
    ...(options.optional !== undefined && { optional: options.optional }),
    ...(options.checkout !== undefined && { checkout: options.checkout }),
  });
  if (isFailure(config)) return config;
  const endProgress = startProgress(name, process.stderr);
  try {
    return await runWith(config, name, input);
  } finally {
    endProgress();
  }
}

async function runWith<Result>(config: Config, name: string, input: unknown): Promise<Result | Failure> {
  const daemon = readDaemonFile(config.dataDirectory);
  if (daemon !== undefined) {
    const answer = await askDaemon(daemon, `/api/commands/${name}`, input);
    return isFailure(answer) ? answer : (answer as { result: Result }).result;
  }
  // What a command meets is in its result, grouped; a log beside it would say everything twice.
  const opened = await openFlow(config, processLog("error"));
  if (isFailure(opened)) return opened;
  try {
    return (await COMMANDS[name]?.(opened.flow, input)) as Result | Failure;
  } finally {
    await opened.close();
  }
}
