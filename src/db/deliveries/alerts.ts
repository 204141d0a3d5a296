import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Alert, AlertWord, Trouble } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { alerts } from "../schema/deliveries.ts";
import { and, asc, eq, inArray } from "../sql/orm.ts";

/** What tells an alert from others. */
export type AlertKey = Pick<Alert, "project" | "upstream" | "class" | "subject">;

/** The alert as it is stored now; `isNews`: nobody was told of it yet, or it is worse than what was told. */
export type RaisedAlert = { readonly alert: Alert; readonly isNews: boolean };

/**
 * Stores trouble. While it stands, an alert keeps its state, the moment it opened and what was expected at first; seen
 * again with other evidence it opens again, even after somebody acknowledged it. What a person resolved stays resolved
 * as long as the evidence is what that person saw.
 */
export function raiseAlert(db: Database, trouble: Trouble, now: Instant): Promise<RaisedAlert> {
  return db.transaction(async (tx) => {
    const [row] = await tx.select({ alert: alerts.alert }).from(alerts).where(isAlert(trouble)).for("update");
    const raised = again(row?.alert, trouble, now);
    if (!isDeepStrictEqual(raised.alert, row?.alert)) await put(tx, raised.alert, now); // seen with every plan
    return raised;
  });
}

/** Says that somebody has seen an alert, or that its trouble is over; the alert as it is then, undefined when it was so before. */
export function settleAlert(
  db: Database,
  which: AlertKey,
  to: { readonly state: "acknowledged" | "resolved" } & Omit<AlertWord, "at">,
  now: Instant,
): Promise<Alert | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx.select({ alert: alerts.alert }).from(alerts).where(isAlert(which)).for("update");
    if (row === undefined || row.alert.state === to.state || row.alert.state === "resolved") return undefined;
    const { state, by, reason } = to;
    const settled: Alert = { ...row.alert, state, [state]: { by, reason, at: now } };
    await put(tx, settled, now);
    return settled;
  });
}

/** Alerts that nobody has resolved, oldest first. */
export function standingAlerts(db: Database): Promise<Alert[]> {
  return alertsIn(db, ["open", "acknowledged"]);
}

/** Alerts in the given states, oldest first. */
export async function alertsIn(db: Database, states: readonly Alert["state"][]): Promise<Alert[]> {
  const rows = await db
    .select({ alert: alerts.alert })
    .from(alerts)
    .where(inArray(alerts.state, [...states]))
    .orderBy(asc(alerts.openedAt), asc(alerts.project), asc(alerts.upstream), asc(alerts.class), asc(alerts.subject));
  return rows.map(({ alert }) => alert);
}

/** Every alert there ever was about an upstream, oldest first. */
export async function alertsAbout(db: Database, upstream: string): Promise<Alert[]> {
  const rows = await db
    .select({ alert: alerts.alert })
    .from(alerts)
    .where(eq(alerts.upstream, upstream))
    .orderBy(asc(alerts.openedAt), asc(alerts.class), asc(alerts.subject));
  return rows.map(({ alert }) => alert);
}

function again(before: Alert | undefined, trouble: Trouble, now: Instant): RaisedAlert {
  const fresh: Alert = { ...trouble, id: idOf(trouble), state: "open", openedAt: now };
  if (before === undefined) return { alert: fresh, isNews: true };
  const same = isSameEvidence(before, trouble);
  if (before.state === "resolved") {
    const settled = same && before.resolved !== undefined && before.resolved.by !== HEADGATE;
    return settled ? { alert: before, isNews: false } : { alert: fresh, isNews: true };
  }
  const { id, state, openedAt, acknowledged } = before;
  const evidence = trouble.evidence.map((one) => withFirstExpected(one, before));
  const standing: Alert = { ...trouble, evidence, id, state: same ? state : "open", openedAt };
  const alert = same && acknowledged !== undefined ? { ...standing, acknowledged } : standing;
  return { alert, isNews: !same };
}

/** Who resolves an alert when its trouble is over by itself. */
export const HEADGATE = "headgate";

function isSameEvidence(before: Alert, trouble: Trouble): boolean {
  const spelled = ({ evidence }: Trouble) => evidence.map(({ kind, observed = "" }) => `${kind}\n${observed}`).sort();
  return spelled(before).join("\n\n") === spelled(trouble).join("\n\n");
}

function withFirstExpected(one: Alert["evidence"][number], before: Alert): Alert["evidence"][number] {
  const expected = before.evidence.find((known) => known.kind === one.kind)?.expected ?? one.expected;
  return expected === undefined ? one : { ...one, expected };
}

async function put(db: Database, alert: Alert, now: Instant): Promise<void> {
  const { project, upstream, class: kind, subject, state, openedAt } = alert;
  const row = { state, openedAt, updatedAt: now, alert };
  await db
    .insert(alerts)
    .values({ project, upstream, class: kind, subject, ...row })
    .onConflictDoUpdate({ target: [alerts.project, alerts.upstream, alerts.class, alerts.subject], set: row });
}

function idOf({ project, upstream, class: kind, subject }: AlertKey): string {
  return createHash("sha256").update([project, upstream, kind, subject].join("\n")).digest("hex").slice(0, 10);
}

function isAlert(which: AlertKey) {
  return and(
    eq(alerts.project, which.project),
    eq(alerts.upstream, which.upstream),
    eq(alerts.class, which.class),
    eq(alerts.subject, which.subject),
  );
}
