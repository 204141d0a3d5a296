import type { Instant } from "../../domain/instant.ts";
import type { Advisory } from "../../domain/trust.ts";
import type { UpstreamIdentity } from "../../domain/upstream.ts";
import type { FailureCode } from "../../lib/failure.ts";
import { instant, json, text } from "../sql/columns.ts";
import { boolean, index, integer, primaryKey } from "../sql/orm.ts";
import { headgate } from "../sql/own-schema.ts";
import type { StoredFailure } from "../sql/stored-failure.ts";

/** Upstreams that some project takes something from, and when each is asked next. */
export const upstreams = headgate.table(
  "upstreams",
  {
    purl: text("purl").primaryKey(),
    /** Id of the source that answers for it; absent: none was found yet. */
    source: text("source"),
    dueAt: instant("due_at").notNull(),
    leasedUntil: instant("leased_until"),
    /** Since when its answers are wanted: how long a first one has been missing. */
    knownSince: instant("known_since"),
    /** Seconds between its releases, as their median; with the newest one's time, what the next poll is set by. */
    rhythm: integer("rhythm"),
    newestAt: instant("newest_at"),
    validator: text("validator"),
    /** Who it was when it was last seen, as far as its host tells: another id under the same name is somebody else. */
    identity: json<UpstreamIdentity>("identity"),
    firstPolledAt: instant("first_polled_at"),
    lastSuccessAt: instant("last_success_at"),
    failure: json<StoredFailure>("failure"),
    complete: boolean("complete"),
    notChecked: json<readonly string[]>("not_checked").notNull(),
  },
  (table) => [index("upstreams_due").on(table.dueAt)],
);

/** Facts of signals and checks, kept until they expire. */
export const facts = headgate.table(
  "facts",
  {
    purl: text("purl").notNull(),
    signal: text("signal").notNull(),
    facts: json<unknown>("facts"),
    source: text("source"),
    at: instant("at"),
    failure: json<{ readonly code: FailureCode; readonly message: string; readonly retryAt?: Instant }>("failure"),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.purl, table.signal] })],
);

/** Advisories about versions that are installed or may be, since when they are known here. Due dates run from then. */
export const advisories = headgate.table(
  "advisories",
  {
    purl: text("purl").notNull(),
    version: text("version").notNull(),
    id: text("id").notNull(),
    /** `osv`, or what was taken in: `trivy`, `sarif`. */
    source: text("source").notNull(),
    advisory: json<Advisory>("advisory").notNull(),
    firstSeenAt: instant("first_seen_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    /** Withdrawn by its publisher, or gone from a later report: it no longer counts. */
    endedAt: instant("ended_at"),
  },
  (table) => [primaryKey({ columns: [table.purl, table.version, table.id, table.source] })],
);
