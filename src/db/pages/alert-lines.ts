import type { Alert } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { IntegrityNote, IntegrityQuestion } from "../../domain/pages/integrity-line.ts";
import { type Listed, PAGE_SIZE } from "../../domain/pages/listing.ts";
import type { Database } from "../database.ts";
import { alerts, events } from "../schema/deliveries.ts";
import { and, desc, eq, gte, inArray, sql } from "../sql/orm.ts";

const STATES: Readonly<Record<IntegrityQuestion["state"], readonly Alert["state"][]>> = {
  standing: ["open", "acknowledged"],
  all: ["open", "acknowledged", "resolved"],
  open: ["open"],
  acknowledged: ["acknowledged"],
  resolved: ["resolved"],
};

/** Alerts that a question is about: what nobody has seen yet first, then the worst, then the oldest. */
export async function alertLines(db: Database, question: IntegrityQuestion): Promise<Listed<Alert>> {
  const { state, class: kind, project, page } = question;
  const gravity = sql`array_position(array['critical', 'high', 'medium', 'low'], ${alerts.alert} ->> 'severity')`;
  const urgency = sql`array_position(array['open', 'acknowledged', 'resolved'], ${alerts.state})`;
  const rows = await db
    .select({ alert: alerts.alert, total: sql<number>`(count(*) over ())::int` })
    .from(alerts)
    .where(
      and(
        inArray(alerts.state, [...STATES[state]]),
        kind === undefined ? undefined : eq(alerts.class, kind),
        project === undefined ? undefined : eq(alerts.project, project),
      ),
    )
    .orderBy(urgency, gravity, alerts.openedAt, alerts.project, alerts.upstream, alerts.subject)
    .limit(PAGE_SIZE)
    .offset((page - 1) * PAGE_SIZE);
  return { rows: rows.map(({ alert }) => alert), total: rows[0]?.total ?? 0, page, size: PAGE_SIZE };
}

/** The latest that the watch on pins noted without an alert, since a moment if one is given; newest first. */
export async function integrityNotes(db: Database, limit: number, since?: Instant): Promise<IntegrityNote[]> {
  const said = (name: string) => sql<string>`coalesce(${events.data} ->> ${name}, '')`;
  const rows = await db
    .select({
      ...{ at: events.at, project: events.project, upstream: events.upstream },
      ...{ class: said("class"), subject: said("subject"), summary: said("summary") },
    })
    .from(events)
    .where(and(eq(events.kind, "integrity"), since === undefined ? undefined : gte(events.at, since)))
    .orderBy(desc(events.id))
    .limit(limit);
  return rows.map(({ project, upstream, ...note }) => ({
    ...note,
    ...(project !== null && { project }),
    ...(upstream !== null && { upstream }),
  }));
}
