import type { DeliveryLine, DeliveryQuestion } from "../../domain/pages/delivery-line.ts";
import { type Listed, PAGE_SIZE } from "../../domain/pages/listing.ts";
import type { Database } from "../database.ts";
import { candidates } from "../schema/decisions.ts";
import { deliveries } from "../schema/deliveries.ts";
import { and, asc, desc, eq, sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** The channel under which changes are only built: nobody outside gets them. */
const INSIDE = "change";

/** What was sent to the outside, or tried, newest first, with the candidate that it is about. */
export async function deliveryLines(db: Database, question: DeliveryQuestion): Promise<Listed<DeliveryLine>> {
  const { page, channel, state, project } = question;
  const isAsked = and(
    sql`${deliveries.channel} <> ${INSIDE}`,
    channel === undefined ? undefined : eq(deliveries.channel, channel),
    state === undefined ? undefined : eq(deliveries.state, state),
    project === undefined
      ? undefined
      : sql`coalesce(${candidates.project}, ${deliveries.about} ->> 'project') = ${project}`,
  );
  const about = and(eq(deliveries.subjectKind, "candidate"), eq(candidates.id, deliveries.subjectId));
  const { key, subjectKind, subjectId, url, externalId, commit, at, error, retryAt, about: letter } = deliveries;
  const rows = await db
    .select({
      ...{ key, channel: deliveries.channel, state: deliveries.state, url, externalId, commit, at, error, retryAt },
      about: letter,
      ...{ subjectKind, subjectId, project: candidates.project, upstream: candidates.upstream, to: candidates.to },
      total: sql<number>`(count(*) over ())::int`,
    })
    .from(deliveries)
    .leftJoin(candidates, about)
    .where(isAsked)
    .orderBy(desc(at), asc(key))
    .limit(PAGE_SIZE)
    .offset((page - 1) * PAGE_SIZE);
  return { rows: rows.map(toLine), total: rows[0]?.total ?? 0, page, size: PAGE_SIZE };
}

/** Every channel that something was sent by. */
export async function usedChannels(db: Database): Promise<string[]> {
  const rows = await db
    .selectDistinct({ channel: deliveries.channel })
    .from(deliveries)
    .where(sql`${deliveries.channel} <> ${INSIDE}`)
    .orderBy(asc(deliveries.channel));
  return rows.map(({ channel }) => channel);
}

type Row = Omit<typeof deliveries.$inferSelect, "payload"> & {
  readonly project: string | null;
  readonly upstream: string | null;
  readonly to: string | null;
  readonly total: number;
};

function toLine({ subjectKind: kind, subjectId: id, project, upstream, to, total: _, ...rest }: Row): DeliveryLine {
  const known = project !== null && upstream !== null && to !== null;
  return {
    ...present(rest),
    subject: { kind, id },
    ...(known && { candidate: { id, project, upstream, to } }),
  };
}
