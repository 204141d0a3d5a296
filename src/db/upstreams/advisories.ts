import type { SQL } from "drizzle-orm";
import type { Instant } from "../../domain/instant.ts";
import type { Advisory, Severity } from "../../domain/trust.ts";
import type { Database } from "../database.ts";
import { advisories } from "../schema/upstreams.ts";
import { eachOf } from "../sql/each-of.ts";
import { asc, eq, getTableColumns, isNull } from "../sql/orm.ts";
import { batches, type Present } from "../sql/row.ts";
import { rowsAsJson } from "../sql/rows-as-json.ts";
import { fromInsert } from "../sql/upsert.ts";

/** What somebody says of one version: all advisories about it, or none. */
export type AdvisoryReport = {
  readonly purl: string;
  readonly version: string;
  readonly advisories: readonly Advisory[];
};

/** An advisory about a version, since when it is known here. */
export type KnownAdvisory = {
  readonly purl: string;
  readonly version: string;
  readonly source: string;
  readonly advisory: Advisory;
};

/**
 * Stores what a source says now of some versions. First sights stay; what it does not name any more has ended (it was
 * withdrawn, or repaired), and begins anew if it comes back. Gives back what stands, with its first sight.
 */
export function recordAdvisories(
  db: Database,
  source: string,
  reports: readonly AdvisoryReport[],
  now: Instant,
): Promise<KnownAdvisory[]> {
  return db.transaction(async (tx) => {
    const purls = [...new Set(reports.map(({ purl }) => purl))];
    const stored = await rowsAbout(tx, purls, eq(advisories.source, source));
    const known = new Map(stored.map((row) => [keyOf(row.purl, row.version, row.id), row]));
    const standing = reports.flatMap(({ purl, version, advisories: found }) =>
      found.map((advisory) => {
        const before = known.get(keyOf(purl, version, advisory.id));
        const firstSeenAt = before === undefined || before.endedAt !== undefined ? now : before.firstSeenAt;
        return { purl, version, id: advisory.id, source, advisory, firstSeenAt, lastSeenAt: now, endedAt: null };
      }),
    );
    const named = new Set(standing.map(({ purl, version, id }) => keyOf(purl, version, id)));
    const asked = new Set(reports.map(({ purl, version }) => `${purl} ${version}`));
    const ended = stored
      .filter((row) => row.endedAt === undefined && asked.has(`${row.purl} ${row.version}`))
      .filter((row) => !named.has(keyOf(row.purl, row.version, row.id)))
      .map((row) => ({ ...row, endedAt: now }));
    const rows = new Map([...ended, ...standing].map((row) => [keyOf(row.purl, row.version, row.id), row]));
    const { advisory, firstSeenAt, lastSeenAt, endedAt } = advisories;
    const target = [advisories.purl, advisories.version, advisories.id, advisories.source];
    for (const batch of batches([...rows.values()])) {
      const set = fromInsert({ advisory, firstSeenAt, lastSeenAt, endedAt });
      await tx.insert(advisories).values(batch).onConflictDoUpdate({ target, set });
    }
    return standing.map(toKnown);
  });
}

/** Advisories about versions of these upstreams that stand, whoever reported them. */
export async function advisoriesOf(db: Database, purls: readonly string[]): Promise<KnownAdvisory[]> {
  return (await rowsAbout(db, purls, isNull(advisories.endedAt))).map(toKnown);
}

/** An advisory about one version: since when it is known here, and until when it stood. */
export type AdvisorySpan = {
  readonly id: string;
  readonly version: string;
  readonly severity: Severity;
  readonly from: Instant;
  readonly until?: Instant;
};

/** Every advisory about versions of an upstream that was ever known here, also those that ended, once each. */
export async function advisoriesAbout(db: Database, purl: string): Promise<AdvisorySpan[]> {
  const rows = await db.select().from(advisories).where(eq(advisories.purl, purl)).orderBy(asc(advisories.firstSeenAt));
  const spans = rows.map(({ id, version, advisory, firstSeenAt, endedAt }): AdvisorySpan => {
    const span = { id, version, severity: advisory.severity, from: firstSeenAt };
    return endedAt === null ? span : { ...span, until: endedAt };
  });
  return [...new Map(spans.map((span) => [`${span.version} ${span.id}`, span])).values()];
}

type Row = typeof advisories.$inferSelect;

function rowsAbout(db: Database, purls: readonly string[], where: SQL): Promise<Present<Row>[]> {
  return rowsAsJson<Row>(db, eachOf(advisories.purl, purls, { where }), getTableColumns(advisories));
}

function toKnown({
  purl,
  version,
  source,
  advisory,
  firstSeenAt,
}: KnownAdvisory & { firstSeenAt: Instant }): KnownAdvisory {
  return { purl, version, source, advisory: { ...advisory, firstSeenAt } };
}

function keyOf(purl: string, version: string, id: string): string {
  return `${purl}\n${version}\n${id}`;
}
