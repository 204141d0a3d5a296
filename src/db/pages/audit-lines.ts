import type { AuditLine, AuditPage, AuditQuestion } from "../../domain/pages/audit-line.ts";
import { PAGE_SIZE } from "../../domain/pages/listing.ts";
import type { Database } from "../database.ts";
import { audit, deliveries } from "../schema/deliveries.ts";
import { and, desc, eq, getTableColumns, gte, lt, sql } from "../sql/orm.ts";
import { present } from "../sql/row.ts";

/** Entries that a question is about, newest first. Pages go on by number: the log grows while it is read. */
export async function auditLines(db: Database, question: AuditQuestion): Promise<AuditPage> {
  const { kind, actor, text, since, until, before } = question;
  const words = sql`lower(concat_ws(' ', ${audit.project}, ${audit.upstream}, ${audit.candidate}, ${audit.actor}))`;
  // What was logged of a letter is its key alone.
  const letter = and(eq(audit.kind, "delivery"), eq(deliveries.key, sql`${audit.data} ->> 'key'`));
  const rows = await db
    .select({ ...getTableColumns(audit), about: deliveries.about })
    .from(audit)
    .leftJoin(deliveries, letter)
    .where(
      and(
        kind === undefined ? undefined : eq(audit.kind, kind),
        actor === undefined ? undefined : eq(audit.actor, actor),
        text === undefined ? undefined : sql`strpos(${words}, lower(${text})) > 0`,
        since === undefined ? undefined : gte(audit.at, since),
        until === undefined ? undefined : lt(audit.at, until),
        before === undefined ? undefined : lt(audit.id, before),
      ),
    )
    .orderBy(desc(audit.id))
    .limit(PAGE_SIZE + 1);
  const lines: AuditLine[] = rows.slice(0, PAGE_SIZE).map(present);
  const last = lines.at(-1);
  return { lines, ...(rows.length > PAGE_SIZE && last !== undefined && { older: last.id }) };
}
