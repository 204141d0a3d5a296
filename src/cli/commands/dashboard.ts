import { z } from "zod";
import { readConfig } from "../../config.ts";
import { readDaemonFile } from "../../lib/daemon-file.ts";
import { isFailure } from "../../lib/failure.ts";
import { askDaemon } from "../ask-daemon.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import type { Terminal } from "../terminal.ts";

const ANSWER = z.object({ path: z.string() });

/** `headgate dashboard`: a link into the running daemon's dashboard. It works once, for ten minutes. */
export async function dashboardCommand(options: { config?: string }, terminal: Terminal): Promise<number> {
  const config = readConfig(options.config === undefined ? {} : { file: options.config });
  if (isFailure(config)) return fail(config.message, terminal);
  const daemon = readDaemonFile(config.dataDirectory);
  if (daemon === undefined)
    return fail(`No daemon runs with the data in ${config.dataDirectory}. \`headgate run\` starts one.`, terminal);
  const answer = await askDaemon(daemon, "/api/login-links", {});
  if (isFailure(answer)) return fail(answer.message, terminal);
  const link = ANSWER.safeParse(answer);
  if (!link.success) return fail("The daemon is of another version. Start it again.", terminal);
  terminal.out(`${daemon.url}${link.data.path}`);
  return EXIT.done;
}
