import type { Instant } from "../../domain/instant.ts";
import { isWatched, type Pin, type Problem } from "../../domain/pin.ts";
import { tagOfVersion } from "../../domain/release.ts";
import type { Database } from "../database.ts";
import { pins, projects } from "../schema/projects.ts";
import { eachOf } from "../sql/each-of.ts";
import { and, asc, eq, sql } from "../sql/orm.ts";
import { batches } from "../sql/row.ts";
import type { WatchedUpstream } from "../upstreams/upstreams.ts";

/** What was read of a project's files. */
export type ReadFiles = {
  readonly commit?: string | undefined;
  readonly pins: readonly Pin[];
  readonly problems: readonly Problem[];
};

/** Replaces everything that is known of a project's pins, and forgets that it failed before. The project must be known. */
export async function replacePins(db: Database, project: string, read: ReadFiles, now: Instant): Promise<void> {
  const rows = read.pins.map((pin, ordinal) => toRow(project, pin, ordinal));
  const state = { commit: read.commit ?? null, discoveredAt: now, problems: read.problems, failure: null };
  await db.transaction(async (tx) => {
    await tx.update(projects).set(state).where(eq(projects.id, project)); // first, so that two readers of one project take turns
    await tx.delete(pins).where(eq(pins.project, project));
    for (const batch of batches(rows)) await tx.insert(pins).values(batch);
  });
}

/** A project's pins as they were last read, in the order of their places. */
export async function pinsOf(db: Database, project: string): Promise<Pin[]> {
  const rows = await db
    .select({ pin: pins.pin })
    .from(pins)
    .where(eq(pins.project, project))
    .orderBy(asc(pins.ordinal));
  return rows.map(({ pin }) => pin);
}

/** A project's pins of one upstream, in the order of their places. */
export async function pinsOfUpstream(db: Database, project: string, upstream: string): Promise<Pin[]> {
  const rows = await db
    .select({ pin: pins.pin })
    .from(pins)
    .where(and(eq(pins.project, project), eq(pins.upstream, upstream)))
    .orderBy(asc(pins.ordinal));
  return rows.map(({ pin }) => pin);
}

/** Every upstream that some project takes something from (or the given ones of them), with what its pins need to know of it. */
export async function watchedUpstreams(db: Database, purls?: readonly string[]): Promise<WatchedUpstream[]> {
  const from = purls === undefined ? pins : eachOf(pins.upstream, purls);
  const { rows } = await db.execute<{ purl: string; refs: (string | null)[]; templates: (string | null)[] }>(sql`
    select upstream as purl, array_agg(distinct ref) as refs, array_agg(distinct tag_template) as templates
    from ${from} where watched group by upstream order by upstream`);
  return rows.map(({ purl, refs, templates }) => ({
    purl,
    pinnedRefs: refs.filter((ref) => ref !== null),
    // A pin without a template may mean any tag.
    tagTemplates: templates.includes(null) ? [] : templates.filter((template) => template !== null),
  }));
}

/** The projects that take something from any of the given upstreams. */
export async function projectsPinning(db: Database, purls: readonly string[]): Promise<string[]> {
  if (purls.length === 0) return [];
  const { rows } = await db.execute<{ project: string }>(
    sql`select distinct project from ${eachOf(pins.upstream, purls)} where watched order by project`,
  );
  return rows.map(({ project }) => project);
}

function toRow(project: string, pin: Pin, ordinal: number): typeof pins.$inferInsert {
  const { path, line, upstream, tagTemplate } = pin;
  return { project, ordinal, path, line, upstream, tagTemplate, ref: refOf(pin), watched: isWatched(pin), pin };
}

/** The tag that decides what is taken, where one does. */
function refOf(pin: Pin): string | undefined {
  const name =
    pin.tagTemplate === undefined || pin.version === "" ? pin.text : tagOfVersion(pin.version, pin.tagTemplate);
  return pin.precision === "range" || name === "" || /^[0-9a-f]{40}$/.test(name) ? undefined : name;
}
