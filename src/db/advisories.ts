import type { Instant } from "../domain/instant.ts";
import type { Advisory, Severity } from "../domain/trust.ts";
import type { Database } from "./database.ts";
import { oneOf } from "./one-of.ts";
import { and, asc, eq, inArray, isNull } from "./orm.ts";
import { batches } from "./row.ts";
import { advisories } from "./schema/upstreams.ts";
import { fromInsert } from "./upsert.ts";

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
    const stored = await rowsOf(tx, purls, source);
    const known = new Map(stored.map((row) => [keyOf(row.purl, row.version, row.id), row]));
    const standing = reports.flatMap(({ purl, version, advisories: found }) =>
      found.map((advisory) => {
        const before = known.get(keyOf(purl, version, advisory.id));
        const firstSeenAt = before === undefined || before.endedAt !== null ? now : before.firstSeenAt;
        return { purl, version, id: advisory.id, source, advisory, firstSeenAt, lastSeenAt: now, endedAt: null };
      }),
    );
    const named = new Set(standing.map(({ purl, version, id }) => keyOf(purl, version, id)));
    const asked = new Set(reports.map(({ purl, version }) => `${purl} ${version}`));
    const ended = stored
      .filter((row) => row.endedAt === null && asked.has(`${row.purl} ${row.version}`))
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
  const found: KnownAdvisory[] = [];
  for (const batch of batches(purls)) {
    const rows = await db
      .select()
      .from(advisories)
      .where(and(oneOf(advisories.purl, batch), isNull(advisories.endedAt)));
    found.push(...rows.map(toKnown));
  }
  return found;
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

async function rowsOf(db: Database, purls: readonly string[], source: string) {
  const rows: (typeof advisories.$inferSelect)[] = [];
  for (const batch of batches(purls)) {
    rows.push(
      ...(await db
        .select()
        .from(advisories)
        .where(and(inArray(advisories.purl, batch), eq(advisories.source, source)))),
    );
  }
  return rows;
}

function toKnown({
  purl,
  version,
  source,
  advisory,
  firstSeenAt,
}: Omit<typeof advisories.$inferSelect, "endedAt">): KnownAdvisory {
  return { purl, version, source, advisory: { ...advisory, firstSeenAt } };
}

function keyOf(purl: string, version: string, id: string): string {
  return `${purl}\n${version}\n${id}`;
}
