import type { Alert, Candidate, Decision, Delivery, HumanDecision, Step, Verdict } from "../domain/bump.ts";
import type { CandidateState } from "../domain/candidate-state.ts";
import type { TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import type { Pin, Problem } from "../domain/pin.ts";
import type { ProjectSource } from "../domain/project.ts";
import type { Asset, ReleaseState } from "../domain/release.ts";
import type { ReleaseFacts } from "../domain/release-facts.ts";
import type { Advisory, CheckResult, TrustScore } from "../domain/trust.ts";
import type { UpstreamIdentity } from "../domain/upstream.ts";
import type { FailureCode } from "../lib/failure.ts";
import { exactText, instant, json, text } from "./columns.ts";
import { bigserial, boolean, doublePrecision, index, integer, pgSchema, primaryKey } from "./orm.ts";

/** A failure as it is kept with what it happened to: the last one, since when it is so, and how often in a row. */
export type StoredFailure = {
  readonly code: FailureCode;
  readonly message: string;
  readonly at: Instant;
  readonly retryAt?: Instant;
  readonly since: Instant;
  readonly count: number;
};

/** What was known of a candidate when it was last looked at. */
export type CandidateSnapshot = { readonly candidate: Candidate; readonly card: TrustCard };

/** What happened to a version: `change` says it as data. */
export type ObservationKind = "first-seen" | "content" | "retag" | "reupload" | "removed" | "state" | "missing";

/** What an entry of the audit log is about. */
export type AuditKind = "decision" | "human-decision" | "vouch" | "alert" | "delivery";

const headgate = pgSchema("headgate");

/** Watched projects, and when each is read next. */
export const projects = headgate.table(
  "projects",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    source: json<ProjectSource>("source").notNull(),
    branch: text("branch"),
    commit: text("commit"),
    discoveredAt: instant("discovered_at"),
    problems: json<readonly Problem[]>("problems").notNull(),
    failure: json<StoredFailure>("last_failure"),
    /** Absent: no longer watched. */
    dueAt: instant("due_at"),
    leasedUntil: instant("leased_until"),
  },
  (table) => [index("projects_due").on(table.dueAt)],
);

/** The pins of each project as they were last read, in the order of their places. */
export const pins = headgate.table(
  "pins",
  {
    project: text("project")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    ordinal: integer("ordinal").notNull(),
    path: text("path").notNull(),
    line: integer("line").notNull(),
    upstream: text("upstream").notNull(),
    /** The tag that is pinned, to be read by name; absent for ranges and bare commits. */
    ref: text("ref"),
    tagTemplate: text("tag_template"),
    /** False for own artefacts, ignored places and alternatives: their upstream is not asked for their sake. */
    watched: boolean("watched").notNull(),
    pin: json<Pin>("pin").notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.ordinal] }), index("pins_upstream").on(table.upstream)],
);

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

/** What was seen of versions, when. Append-only. */
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

/** What projects take from upstream as it was last planned, one row per component, for pages to list. It follows from the rest. */
export const components = headgate.table(
  "components",
  {
    project: text("project")
      .notNull()
      .references(() => projects.id, { onDelete: "cascade" }),
    key: text("key").notNull(),
    upstream: text("upstream").notNull(),
    /** The short name, in lower case: what is searched and sorted. */
    label: text("label").notNull(),
    current: json<readonly string[]>("current_versions").notNull(),
    places: integer("places").notNull(),
    /** Places of them where nothing written decides what is fetched. */
    unpinned: integer("unpinned").notNull(),
    /** The newest version it could move to; absent: none is known. */
    latest: text("latest"),
    /** Releases after the current one up to the latest; absent: no order is known. */
    lag: integer("lag"),
    /** When the first release that it lacks came out. */
    behindSince: instant("behind_since"),
    /** 0..10 and 0..1, as they were last known. */
    trust: doublePrecision("trust"),
    coverage: doublePrecision("coverage"),
    /** The candidate that leads to the latest version: where it stands is said there. */
    candidate: text("candidate"),
    plannedAt: instant("planned_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.key] }), index("components_upstream").on(table.upstream)],
);

/** How each project stood on each day, as it was last looked at on that day: what lag and freshness are drawn from. */
export const standings = headgate.table(
  "standings",
  {
    project: text("project").notNull(),
    /** In UTC: `2026-11-25`. */
    day: text("day").notNull(),
    components: integer("components").notNull(),
    /** Components of which it is known how far behind they are, and those of them that lack a release. */
    known: integer("known").notNull(),
    behind: integer("behind").notNull(),
    /** Releases that they lack together, and days since the first one that each lacks came out, added up. */
    releases: integer("releases").notNull(),
    days: doublePrecision("days").notNull(),
    /** Upstreams that are asked, and those of them without a good answer within their target. */
    upstreams: integer("upstreams").notNull(),
    stale: integer("stale").notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.day] })],
);

/** Possible moves of components, one row each for ever. */
export const candidates = headgate.table(
  "candidates",
  {
    id: text("id").primaryKey(),
    project: text("project").notNull(),
    upstream: text("upstream").notNull(),
    componentKey: text("component_key").notNull(),
    from: json<readonly string[]>("from_versions").notNull(),
    to: text("to_version").notNull(),
    step: text("step").$type<Step>().notNull(),
    state: text("state").$type<CandidateState>().notNull(),
    until: instant("until"),
    firstSeenAt: instant("first_seen_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    snapshot: json<CandidateSnapshot>("snapshot").notNull(),
  },
  (table) => [index("candidates_project").on(table.project, table.state)],
);

/** What was decided, and everything it was decided from. Append-only; a row only where something changed. */
export const decisions = headgate.table(
  "decisions",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    candidate: text("candidate").notNull(),
    verdict: text("verdict").$type<Verdict>().notNull(),
    until: instant("until"),
    reasons: json<Decision["reasons"]>("reasons").notNull(),
    by: json<Decision["by"]>("by").notNull(),
    checks: json<readonly CheckResult[]>("checks").notNull(),
    score: json<TrustScore>("score"),
    /** The content that was judged: commit, digests, asset digests. */
    content: json<Readonly<Record<string, string>>>("content").notNull(),
    /** Equal for decisions that say the same. */
    fingerprint: text("fingerprint").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [index("decisions_candidate").on(table.candidate, table.id), index("decisions_at").on(table.at)],
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

/** What named people decided. Append-only. */
export const humanDecisions = headgate.table(
  "human_decisions",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    project: text("project").notNull(),
    upstream: text("upstream").notNull(),
    action: text("action").$type<HumanDecision["action"]>().notNull(),
    range: text("version_range"),
    by: text("by").notNull(),
    reason: text("reason").notNull(),
    at: instant("at").notNull(),
    until: instant("until"),
  },
  (table) => [index("human_decisions_upstream").on(table.project, table.upstream)],
);

/** Recorded relationships of trust. Append-only: the newest one of a person counts. */
export const vouches = headgate.table(
  "vouches",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    upstream: text("upstream").notNull(),
    by: text("by").notNull(),
    reason: text("reason").notNull(),
    points: doublePrecision("points").notNull(),
    since: instant("since").notNull(),
    until: instant("until"),
  },
  (table) => [index("vouches_upstream").on(table.upstream)],
);

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
  },
  (table) => [index("deliveries_subject").on(table.subjectKind, table.subjectId)],
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
  (table) => [index("events_at").on(table.at), index("events_upstream").on(table.upstream, table.id)],
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
export const meta = headgate.table("meta", { key: text("key").primaryKey(), value: json<unknown>("value").notNull() });

/** Texts of files by git blob id: what did not change is not fetched again. */
export const blobs = headgate.table(
  "blobs",
  { oid: text("oid").primaryKey(), text: exactText("text").notNull(), usedAt: instant("used_at").notNull() },
  (table) => [index("blobs_used").on(table.usedAt)],
);
