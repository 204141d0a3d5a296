import { isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

const PATIENCE = 20_000;

/**
 * Tells a dead man's switch that everything works: this runs as a job, so the scheduler, the queue, a worker and the store
 * have answered, and so has the network. Where it is silent for longer than expected, whoever watches it raises the alarm.
 */
export async function ping(flow: FlowContext): Promise<void> {
  const { pingUrl } = flow;
  if (pingUrl === undefined) return;
  const answer = await flow.fetcher.fetch({ url: pingUrl, timeout: PATIENCE, anonymous: true });
  // its path is a secret of sorts: whoever knows it can keep the alarm silent
  const { host } = new URL(pingUrl);
  if (isFailure(answer)) flow.log.warn(`The ping to ${host} failed.`, { code: answer.code });
  else if (answer.status >= 400) flow.log.warn(`The ping to ${host} was answered with ${answer.status}.`);
}
