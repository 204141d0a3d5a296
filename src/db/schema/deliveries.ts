import type { Alert, Delivery, LetterAbout } from "../../domain/bump.ts";
import { instant, json, text } from "../sql/columns.ts";
import { bigserial, index, primaryKey, sql } from "../sql/orm.ts";
import { headgate } from "../sql/own-schema.ts";

/** What an entry of the audit log is about. */
export type AuditKind = "decision" | "human-decision" | "vouch" | "alert" | "delivery";

/** What was sent, or tried, once per key. */
export const deliveries = headgate.table(
  "deliveries",
  {
    key: text("key").primaryKey(),
    channel: text("channel").notNull(),
    subjectKind: text("subject_kind").$type<Delivery["subject"]["kind"]>().notNull(),
    subjectId: text("subject_id").notNull(),
    state: text("state").$type<Delivery["state"]>().notNull(),
    url: text("url"),
    externalId: text("external_id"),
    commit: text("commit"),
    at: instant("at").notNull(),
    error: text("error"),
    retryAt: instant("retry_at"),
    payload: json<unknown>("payload"),
    /** What a letter says, and to whom; its text goes once it was sent. */
    about: json<LetterAbout>("about"),
  },
  (table) => [
    index("deliveries_subject").on(table.subjectKind, table.subjectId),
    index("deliveries_unfinished").on(table.channel).where(sql`payload is not null`),
  ],
);

/** Trouble with what is pinned: one row per project, upstream, class and subject. */
export const alerts = headgate.table(
  "alerts",
  {
    project: text("project").notNull(),
    upstream: text("upstream").notNull(),
    class: text("class").$type<Alert["class"]>().notNull(),
    /** The tag, version or advisory it is about; empty: the upstream as a whole. */
    subject: text("subject").notNull().default(""),
    state: text("state").$type<Alert["state"]>().notNull(),
    openedAt: instant("opened_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    alert: json<Alert>("alert").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.project, table.upstream, table.class, table.subject] }),
    index("alerts_state").on(table.state),
  ],
);

/** What happened, for pages, digests and audits. Append-only. */
export const events = headgate.table(
  "events",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    at: instant("at").notNull(),
    kind: text("kind").notNull(),
    project: text("project"),
    upstream: text("upstream"),
    candidate: text("candidate"),
    data: json<unknown>("data"),
  },
  (table) => [
    index("events_at").on(table.at),
    index("events_upstream").on(table.upstream, table.id),
    index("events_kind").on(table.kind, table.id),
  ],
);

/**
 * Who decided what, and what was written to the outside, when. Written by triggers of the database (see the migration), so
 * that nothing can leave it out; rows are never changed, and only retention drops them.
 */
export const audit = headgate.table(
  "audit",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    at: instant("at").notNull(),
    kind: text("kind").$type<AuditKind>().notNull(),
    /** A person's name, or `policy`, or `headgate`. */
    actor: text("actor").notNull(),
    project: text("project"),
    upstream: text("upstream"),
    candidate: text("candidate"),
    data: json<Readonly<Record<string, unknown>>>("data").notNull(),
  },
  (table) => [index("audit_at").on(table.at)],
);
