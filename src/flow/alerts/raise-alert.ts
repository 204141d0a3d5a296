import { HEADGATE, settleAlert, raiseAlert as storeAlert } from "../../db/deliveries/alerts.ts";
import { appendEvent } from "../../db/deliveries/events.ts";
import type { Alert, AlertWord, Trouble } from "../../domain/bump.ts";
import type { FlowContext } from "../context.ts";

/**
 * Raises an alert, whoever found the trouble: stored once, told once in the log and in the events, and shown in plan,
 * digest and doctor until it is resolved. Seeing the same trouble again does nothing.
 */
export async function raiseAlert(flow: FlowContext, trouble: Trouble): Promise<Alert> {
  await flow.hold?.confirm(); // what was seen may be over by now
  const now = flow.clock();
  const { alert, isNews } = await storeAlert(flow.db, trouble, now);
  if (!isNews) return alert;
  const { project, upstream, id, class: kind, subject, severity, summary, evidence } = alert;
  const data = { id, class: kind, subject, severity, summary, evidence };
  await appendEvent(flow.db, { kind: "alert", project, upstream, data }, now);
  flow.log.warn(`${project}: ${summary} ${alert.next}`, { class: kind, alert: id });
  return alert;
}

/** Ends an alert whose trouble is over by itself, and says why in the events. */
export async function resolveAlert(flow: FlowContext, alert: Alert, reason: string): Promise<void> {
  await flow.hold?.confirm();
  const settled = await settleAlert(flow.db, alert, { state: "resolved", by: HEADGATE, reason }, flow.clock());
  if (settled !== undefined) await tellSettled(flow, settled, "alert-resolved", { by: HEADGATE, reason });
}

/** Appends what was said of an alert to the events: the audit trail. */
export async function tellSettled(
  flow: FlowContext,
  { project, upstream, id, class: kind, subject, summary }: Alert,
  event: "alert-acknowledged" | "alert-resolved",
  word: Omit<AlertWord, "at">,
): Promise<void> {
  const data = { id, class: kind, subject, summary, ...word };
  await appendEvent(flow.db, { kind: event, project, upstream, data }, flow.clock());
  flow.log.info(`${project}: alert ${id} ${event.slice("alert-".length)} by ${word.by}: ${word.reason}`);
}
