import { readConfig } from "../../src/config.ts";
import { deliverProject } from "../../src/flow/deliver-project.ts";
import { resumeLetters } from "../../src/flow/post-letters.ts";
import { sendDigest } from "../../src/flow/send-digest.ts";
import { sendPullRequestNews } from "../../src/flow/send-pull-request-news.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { createLog } from "../../src/lib/log.ts";
import { openFlow } from "../../src/service/open-flow.ts";

/** The process that is killed: `deliver-once.ts CONFIG MOMENT…` delivers everything of every project and sends the digest, at each moment. */
const [file = "", ...moments] = process.argv.slice(2);
const config = readConfig({ file });
if (isFailure(config)) throw config;
const log = createLog({ json: true, level: "error", write: (line) => void process.stderr.write(line) });
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
