import type { Instant } from "../../domain/instant.ts";
import type { Ref } from "../../domain/release.ts";
import type { Database } from "../database.ts";
import { refs } from "../schema/releases.ts";
import { eachOf } from "../sql/each-of.ts";
import { and, lte, sql } from "../sql/orm.ts";
import { asRetention } from "../sql/retention.ts";
import { lockInOrder } from "../sql/row-locks.ts";
import { insertRows, rowsAsJson } from "../sql/rows-as-json.ts";

/** A name that points elsewhere than it did. `since`: from when on it pointed at `before`. */
export type MovedRef = {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly since: Instant;
};

/** Where a name points, and since when. */
export type SeenRef = Ref & { readonly seenAt: Instant };

/**
 * Stores where the names of upstreams point now, where that is news, and gives back the ones that pointed elsewhere
 * before, by purl. Within a transaction.
 */
export async function recordRefs(
  tx: Database,
  seen: ReadonlyMap<string, readonly Ref[]>,
  now: Instant,
): Promise<Map<string, MovedRef[]>> {
  const purls = [...seen.keys()].sort();
  await lockInOrder(tx, purls, 1);
  const known = new Map((await lastSeen(tx, purls)).map((ref) => [keyOf(ref.purl, ref.name), ref]));
  const news = [...seen].flatMap(([purl, refs]) => {
    const distinct = [...new Map(refs.map((ref) => [ref.name, ref])).values()];
    return distinct
      .filter((ref) => known.get(keyOf(purl, ref.name))?.target !== ref.target)
      .map(({ name, target }) => ({ purl, name, target, seenAt: now }));
  });
  await insertRows(tx, refs, { columns: SEEN, rows: news });
  const moved = news.flatMap(({ purl, name, target }) => {
    const before = known.get(keyOf(purl, name));
    return before === undefined
      ? []
      : [{ purl, move: { name, before: before.target, after: target, since: before.seenAt } }];
  });
  const byPurl = Map.groupBy(moved, (one) => one.purl);
  return new Map([...byPurl].map(([purl, all]) => [purl, all.map((one) => one.move)]));
}

const SEEN = { purl: refs.purl, name: refs.name, target: refs.target, seenAt: refs.seenAt };

function keyOf(purl: string, name: string): string {
  return `${purl} ${name}`;
}

/** Drops where names pointed before that moment, but never where each points now; gives back how many. A branch moves every day. */
export async function pruneRefs(db: Database, before: Instant): Promise<number> {
  const isFollowed = sql`exists (
    select 1 from ${refs} later where later.purl = ${refs}.purl and later.name = ${refs}.name and later.id > ${refs}.id)`;
  return asRetention(db, async (tx) => {
    const gone = await tx
      .delete(refs)
      .where(and(lte(refs.seenAt, before), isFollowed))
      .returning({ id: refs.id });
    return gone.length;
  });
}

/** Where each name of an upstream pointed when it was last seen. */
export async function refsOf(db: Database, purl: string): Promise<SeenRef[]> {
  return (await lastSeen(db, [purl])).map(({ purl: _, ...ref }) => ref);
}

/** The same for several upstreams, by purl; one without any name is left out. */
export async function refsOfEach(db: Database, purls: readonly string[]): Promise<Map<string, SeenRef[]>> {
  return purls.length === 0 ? new Map() : Map.groupBy(await lastSeen(db, purls), ({ purl }) => purl);
}

type StoredRef = SeenRef & { readonly purl: string };

function lastSeen(db: Database, purls: readonly string[]): Promise<StoredRef[]> {
  const selected = sql`distinct on (${refs.name}) *`;
  return rowsAsJson<StoredRef>(
    db,
    eachOf(refs.purl, purls, { selected, order: sql`${refs.name}, ${refs.id} desc` }),
    SEEN,
  );
}
