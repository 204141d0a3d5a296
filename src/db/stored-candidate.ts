import type { Candidate } from "../domain/bump.ts";
import type { TrustCard } from "../domain/digest.ts";
import { getTableColumns, sql } from "./orm.ts";
import { type Present, present } from "./row.ts";
import { candidates, decisions, type Judged } from "./schema/decisions.ts";

/** A candidate as it is stored, with what was known of it when it was last looked at. */
export type StoredCandidate = Present<Omit<typeof candidates.$inferSelect, "fingerprint" | "snapshot">> & {
  readonly snapshot: { readonly candidate: Candidate; readonly card: TrustCard };
};

const { fingerprint: _fingerprint, ...COLUMNS } = getTableColumns(candidates);

/** What is read of candidates, from their table under its own name. */
export const TOLD = {
  ...COLUMNS,
  /** Score and checks of the latest decision, for those that are stored without their own. */
  judged: sql<Partial<Judged> | null>`case when not ${candidates}.snapshot->'card' ? 'checks' then (
    select jsonb_strip_nulls(jsonb_build_object('score', latest.score)) || jsonb_build_object('checks', latest.checks)
    from ${decisions} latest where latest.candidate = ${candidates}.id order by latest.id desc limit 1) end`,
};

type Told = Omit<typeof candidates.$inferSelect, "fingerprint"> & { readonly judged: Partial<Judged> | null };

/** A candidate as it was read, its score and checks from where they are stored. */
export function toStored({ judged, snapshot: { candidate, card }, ...row }: Told): StoredCandidate {
  const { score = judged?.score, checks = judged?.checks ?? [], ...rest } = card;
  return { ...present(row), snapshot: { candidate, card: { ...rest, score, checks } } };
}
