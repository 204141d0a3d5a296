import { candidate } from "../../db/decisions/candidates.ts";
import { recordDelivery } from "../../db/deliveries/deliveries.ts";
import { appendEvent } from "../../db/deliveries/events.ts";
import { OPENED } from "../../db/deliveries/pull-requests.ts";
import { getMeta, setMeta } from "../../db/service/meta.ts";
import { isIncomplete } from "../../deliver/render/answered.ts";
import type { Delivery } from "../../domain/bump.ts";
import type { Project } from "../../domain/project.ts";
import type { FlowContext } from "../context.ts";
import { moveCandidate } from "../decide/move-candidate.ts";

/**
 * Stores what came of a delivery, and where its candidate stands with it. That a pull request is there is told once, as
 * an event that is stored together with its having been told, before the candidate moves: a process that ended between
 * opening it and here is made up for by the next one, which finds it open. `earlier`: what came of the tries before, oldest
 * first; the log says when one begins to fail, when it fails in other words, and when it works again.
 */
export async function keepDelivery(
  flow: FlowContext,
  project: Project,
  made: Delivery,
  earlier: readonly Delivery[] = [],
): Promise<void> {
  await recordDelivery(flow.db, made);
  tellNews(flow, project, made, lastTry(earlier, made));
  const { state, externalId, error } = made;
  const isOpen = state === "unchanged" && externalId !== undefined && (error === undefined || isIncomplete(error));
  if (made.state !== "sent" && !isOpen) return;
  const stored = await candidate(flow.db, made.subject.id);
  await tellDelivered(flow, project, made, stored?.state !== "proposed");
  if (stored !== undefined)
    await moveCandidate(flow, stored, "proposed", made.url === undefined ? {} : { url: made.url });
}

/** What came of it the last time that it was tried: what a rule or a limit refused was not. */
function lastTry(earlier: readonly Delivery[], { channel, subject }: Delivery): Delivery | undefined {
  return earlier.findLast((one) => one.channel === channel && one.subject.id === subject.id && one.state !== "refused");
}

/** Failures keep a key of their own, and stay stored when a later try succeeds: only the last try says how it stood. */
function tellNews({ log }: FlowContext, { id }: Project, made: Delivery, before: Delivery | undefined): void {
  const { channel, state, error, subject } = made;
  const failedBefore = before?.state === "failed";
  if (state === "failed" && !(failedBefore && before.error === error))
    log.warn(`${id}: ${channel}: ${error}`, { candidate: subject.id });
  if (failedBefore && (state === "sent" || state === "unchanged"))
    log.info(`${id}: ${channel}: done, after it had failed`, { candidate: subject.id });
}

/** `isNew`: its candidate was not proposed before. */
async function tellDelivered(flow: FlowContext, project: Project, made: Delivery, isNew: boolean): Promise<void> {
  const { subject, channel, url, externalId, state } = made;
  const now = flow.clock();
  await flow.db.transaction(async (tx) => {
    const key = externalId === undefined || !isNew ? undefined : `${OPENED}${externalId}`;
    const isFirst = key !== undefined && (await getMeta(tx, key)) === undefined;
    if (isFirst) await setMeta(tx, key, now);
    if (state !== "sent" && !isFirst) return; // it was held meanwhile, and its pull request stands as it stood
    const step = isFirst ? { step: "opened" } : key !== undefined ? { step: "updated" } : {};
    const data = { channel, url, ...step };
    await appendEvent(tx, { kind: "delivered", project: project.id, candidate: subject.id, data }, now);
  });
}
