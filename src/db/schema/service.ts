import { instant, json, text } from "../sql/columns.ts";
import { index, integer } from "../sql/orm.ts";
import { headgate } from "../sql/own-schema.ts";

/** Hosts that are left alone, for all processes to see. A time that is over, or none, means nothing. */
export const hosts = headgate.table("hosts", {
  host: text("host").primaryKey(),
  /** It asked not to be asked before. */
  limitedUntil: instant("limited_until"),
  /** It failed again and again. */
  closedUntil: instant("closed_until"),
  trouble: text("trouble").notNull(),
  updatedAt: instant("updated_at").notNull(),
});

/** Requests that a service still allows in its window, less what processes have taken in advance. */
export const budgets = headgate.table("budgets", {
  name: text("name").primaryKey(),
  limit: integer("limit").notNull(),
  remaining: integer("remaining").notNull(),
  resetAt: instant("reset_at").notNull(),
  updatedAt: instant("updated_at").notNull(),
});

/** Processes that ask upstreams, and when each was last heard of: they share what a host may be asked at once. */
export const replicas = headgate.table("replicas", {
  id: text("id").primaryKey(),
  seenAt: instant("seen_at").notNull(),
});

/** Browsers that are logged in. */
export const sessions = headgate.table("sessions", {
  /** A keyed hash of what the cookie holds: the table opens nothing to who reads it, and another token ends them all. */
  id: text("id").primaryKey(),
  /** How the person who is logged in wants to be named. */
  person: text("person").notNull(),
  createdAt: instant("created_at").notNull(),
  seenAt: instant("seen_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
});

/** Forms that were sent, by the number that each has: the same form sent twice is done once. */
export const submissions = headgate.table("submissions", {
  id: text("id").primaryKey(),
  at: instant("at").notNull(),
  /** What came of it, in words; absent: not finished. */
  outcome: json<{ readonly ok: boolean; readonly message: string; readonly url?: string }>("outcome"),
});

/** Single values of the installation. */
export const meta = headgate.table(
  "meta",
  { key: text("key").primaryKey(), value: json<unknown>("value").notNull() },
  // the primary key's own order is that of a language, in which no beginning can be looked up
  (table) => [index("meta_beginning").on(table.key.op("text_pattern_ops"))],
);
