import { readConfig } from "../../src/config.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { deliverProject } from "../../src/flow/deliver/deliver-project.ts";
import { resumeLetters } from "../../src/flow/letters/post-letters.ts";
import { sendDigest } from "../../src/flow/letters/send-digest.ts";
import { sendPullRequestNews } from "../../src/flow/letters/send-pull-request-news.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";

/** Delivers everything of every project and sends the digest, at each of these moments, as a new start of Headgate would. */
export async function deliverMoments(
  from: Parameters<typeof readConfig>[0],
  moments: readonly Instant[],
  complain: (line: string) => void,
): Promise<void> {
  const config = readConfig(from);
  if (isFailure(config)) throw config;
  const log = createLog({ json: true, level: "error", write: complain });
  let now = moments[0] ?? "";
  const opened = await openFlow(config, log, () => now);
  if (isFailure(opened)) throw opened;
  await sendPullRequestNews(opened.flow); // who is new begins with what happens from here on
  for (const moment of moments) {
    now = moment;
    for (const project of opened.flow.projects) await deliverProject(opened.flow, project);
    await sendPullRequestNews(opened.flow);
    await resumeLetters(opened.flow); // as every cycle and every tick of the daemon does
    await sendDigest(opened.flow);
  }
  await opened.close();
}
