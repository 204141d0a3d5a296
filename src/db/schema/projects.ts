import type { Pin, Problem } from "../../domain/pin.ts";
import type { ProjectSource } from "../../domain/project.ts";
import { exactText, instant, json, text } from "../sql/columns.ts";
import { boolean, doublePrecision, index, integer, primaryKey } from "../sql/orm.ts";
import { headgate } from "../sql/own-schema.ts";
import type { StoredFailure } from "../sql/stored-failure.ts";

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

/** Texts of files by git blob id: what did not change is not fetched again. */
export const blobs = headgate.table(
  "blobs",
  { oid: text("oid").primaryKey(), text: exactText("text").notNull(), usedAt: instant("used_at").notNull() },
  (table) => [index("blobs_used").on(table.usedAt)],
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
