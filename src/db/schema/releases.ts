import type { Asset, ReleaseState } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { instant, json, text } from "../sql/columns.ts";
import { bigserial, boolean, index, integer, primaryKey } from "../sql/orm.ts";
import { headgate } from "../sql/own-schema.ts";

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
  (table) => [
    index("observations_release").on(table.purl, table.tag),
    index("observations_seen").using("brin", table.seenAt),
  ],
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
