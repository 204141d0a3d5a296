import { randomUUID } from "node:crypto";
import type { Instant } from "../../domain/instant.ts";
import type { ReleaseChange } from "../../domain/integrity/merge-release.ts";
import type { Database } from "../database.ts";
import { meta } from "../schema/service.ts";
import { deleteMeta, metaStarting } from "../service/meta.ts";

/** A change that says something of a version's content or standing. */
export type TellingChange = Exclude<ReleaseChange, { readonly kind: "first-seen" | "missing" }>;

/** What one look at an upstream changed, and nobody has judged yet. */
export type UnjudgedLook = { readonly purl: string; readonly at: Instant; readonly changes: readonly TellingChange[] };

const PREFIX = "unjudged/";

/** True for what says something of a version's content or standing. */
export function isTelling(change: ReleaseChange): change is TellingChange {
  return change.kind !== "first-seen" && change.kind !== "missing";
}

/**
 * Keeps that changes are to be judged, in the transaction that stores them: they are seen once, and whoever saw them may
 * end before it has told anybody.
 */
export async function keepUnjudged(
  tx: Database,
  changes: readonly (readonly [string, readonly ReleaseChange[]])[],
  now: Instant,
): Promise<void> {
  const rows = changes.flatMap(([purl, all]) => {
    const value = all.filter(isTelling);
    return value.length === 0 ? [] : [{ key: `${PREFIX}${purl} ${now} ${randomUUID()}`, value }];
  });
  if (rows.length > 0) await tx.insert(meta).values(rows);
}

/** What is to be judged, of one upstream or of all, by its key; the oldest look at an upstream first. */
export async function unjudgedLooks(db: Database, purl?: string): Promise<Map<string, UnjudgedLook>> {
  const kept = await metaStarting(db, purl === undefined ? PREFIX : `${PREFIX}${purl} `);
  return new Map(
    [...kept].map(([key, value]) => {
      const [name = "", at = ""] = key.slice(PREFIX.length).split(" ");
      return [key, { purl: name, at, changes: value as readonly TellingChange[] }]; // what we wrote ourselves
    }),
  );
}

/** Says that a look was judged. */
export function dropUnjudged(db: Database, key: string): Promise<void> {
  return deleteMeta(db, key);
}
