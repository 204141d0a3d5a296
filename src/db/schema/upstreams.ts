import type { Instant } from "../../domain/instant.ts";
import type { Asset, ReleaseState } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import type { Advisory } from "../../domain/trust.ts";
import type { UpstreamIdentity } from "../../domain/upstream.ts";
import type { FailureCode } from "../../lib/failure.ts";
import { instant, json, text } from "../sql/columns.ts";
import { bigserial, boolean, index, integer, primaryKey } from "../sql/orm.ts";
import { headgate } from "../sql/own-schema.ts";
import type { StoredFailure } from "../stored-failure.ts";

/** What happened to a version: `change` says it as data. `first-look`: to all that were there then. */
export type ObservationKind =
  | "first-look"
  | "first-seen"
  | "content"
  | "retag"
  | "reupload"
  | "removed"
  | "state"
  | "missing";

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

/** Every version ever seen, as it is now. What it was before is in `observations`. */
export const releases = headgate.table(
  "releases",
  {
    purl: text("purl").notNull(),
    tag: text("tag").notNull(),
    version: text("version").notNull(),
    publishedAt: instant("published_at"),
    publishedBy: text("published_by").$type<"registry" | "publisher">().notNull(),
    state: text("state").$type<ReleaseState>().notNull(),
    stateReason: text("state_reason"),
    digests: json<Readonly<Record<string, string>>>("digests").notNull(),
    assets: json<readonly Asset[]>("assets").notNull(),
    commit: text("commit"),
    /** The git tree of that commit: known of pinned tags. */
    tree: text("tree"),
    notesUrl: text("notes_url"),
    notes: text("notes"),
    evidence: json<ReleaseFacts>("evidence"),
    firstSeenAt: instant("first_seen_at").notNull(),
    contentFirstSeenAt: instant("content_first_seen_at").notNull(),
    baseline: boolean("baseline").notNull(),
    /** In how many complete answers in a row it was missing. */
    missing: integer("missing").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.purl, table.tag] })],
);

/** What was seen of versions, when. Append-only. `tag` is empty where it is about all versions of an upstream. */
export const observations = headgate.table(
  "observations",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    purl: text("purl").notNull(),
    tag: text("tag").notNull(),
    seenAt: instant("seen_at").notNull(),
    kind: text("kind").$type<ObservationKind>().notNull(),
    change: json<Readonly<Record<string, unknown>>>("content").notNull(),
  },
  (table) => [index("observations_release").on(table.purl, table.tag)],
);

/** Where pinned names pointed, from when on. Append-only. */
export const refs = headgate.table(
  "refs",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    purl: text("purl").notNull(),
    name: text("name").notNull(),
    target: text("target").notNull(),
    seenAt: instant("seen_at").notNull(),
  },
  (table) => [index("refs_name").on(table.purl, table.name)],
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
