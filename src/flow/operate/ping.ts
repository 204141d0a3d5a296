import { deleteMeta, getMeta, setMeta } from "../../db/service/meta.ts";
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
  await tell(flow, isFailure(answer) ? answer.code : answer.status >= 400 ? String(answer.status) : undefined);
}

/** How the last ping failed, while pings do. */
const FAILING = "ping/failing";

/** Says when pings begin to fail, when they fail in another way, and when they arrive again: there is one every two minutes. */
async function tell({ db, log, pingUrl = "" }: FlowContext, trouble: string | undefined): Promise<void> {
  const before = await getMeta(db, FAILING);
  if (before === trouble) return;
  // its path is a secret of sorts: whoever knows it can keep the alarm silent
  const { host } = new URL(pingUrl);
  if (trouble === undefined) {
    log.info(`The ping to ${host} arrives again.`);
    return deleteMeta(db, FAILING);
  }
  if (/^\d+$/.test(trouble)) log.warn(`The ping to ${host} was answered with ${trouble}.`);
  else log.warn(`The ping to ${host} failed.`, { code: trouble });
  await setMeta(db, FAILING, trouble);
}
