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
 * opening it and here is made up for by the next one, which finds it open. `earlier`: what came of the tries before; one that
 * goes on failing in the same words is in the log once.
 */
export async function keepDelivery(
  flow: FlowContext,
  project: Project,
  made: Delivery,
  earlier: readonly Delivery[] = [],
): Promise<void> {
  await recordDelivery(flow.db, made);
  const isKnown = earlier.some((one) => one.key === made.key && one.state === made.state && one.error === made.error);
  if (made.state === "failed" && !isKnown)
    flow.log.warn(`${project.id}: ${made.channel}: ${made.error}`, { candidate: made.subject.id });
  const { state, externalId, error } = made;
  const isOpen = state === "unchanged" && externalId !== undefined && (error === undefined || isIncomplete(error));
  if (made.state !== "sent" && !isOpen) return;
  const stored = await candidate(flow.db, made.subject.id);
  await tellDelivered(flow, project, made, stored?.state !== "proposed");
  if (stored !== undefined)
    await moveCandidate(flow, stored, "proposed", made.url === undefined ? {} : { url: made.url });
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
