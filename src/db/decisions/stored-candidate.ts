import type { Candidate } from "../../domain/bump.ts";
import type { TrustCard } from "../../domain/digest.ts";
import type { CheckResult, TrustScore } from "../../domain/trust.ts";
import { candidates, decisions } from "../schema/decisions.ts";
import { getTableColumns, sql } from "../sql/orm.ts";
import { type Present, present } from "../sql/row.ts";

/** A candidate as it is stored, with what was known of it when it was last looked at. */
export type StoredCandidate = Present<Omit<typeof candidates.$inferSelect, "fingerprint" | "snapshot">> & {
  readonly snapshot: { readonly candidate: Candidate; readonly card: TrustCard };
};

const { fingerprint: _fingerprint, ...COLUMNS } = getTableColumns(candidates);

type JudgedThere = { readonly score: TrustScore | null; readonly checks: readonly CheckResult[] };

/** What is read of candidates, from their table under its own name. */
export const TOLD = {
  ...COLUMNS,
  /** Score and checks of the latest decision, for those that are stored without their own. */
  judged: sql<JudgedThere | null>`case when not ${candidates}.snapshot->'card' ? 'checks' then (
    select jsonb_build_object('score', latest.score, 'checks', latest.checks)
    from ${decisions} latest where latest.candidate = ${candidates}.id order by latest.id desc limit 1) end`,
};

type Told = Omit<typeof candidates.$inferSelect, "fingerprint"> & { readonly judged: JudgedThere | null };

/** A candidate as it was read, its score and checks from where they are stored. */
export function toStored({ judged, snapshot: { candidate, card }, ...row }: Told): StoredCandidate {
  const { score = judged?.score ?? undefined, checks = judged?.checks ?? [], ...rest } = card;
  return { ...present(row), snapshot: { candidate, card: { ...rest, score, checks } } };
}
