import { hash } from "node:crypto";
import type { SQL } from "drizzle-orm";
import type { Decision } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import { withDayAsked } from "../../domain/readiness.ts";
import type { CheckResult, TrustScore } from "../../domain/trust.ts";
import type { Database } from "../database.ts";
import { decisions } from "../schema/decisions.ts";
import { eachOf } from "../sql/each-of.ts";
import { and, asc, eq, getTableColumns, lte, sql } from "../sql/orm.ts";
import { asRetention } from "../sql/retention.ts";
import { type Present, present } from "../sql/row.ts";
import { lockInOrder } from "../sql/row-locks.ts";
import { insertTexts, objectText, rowsAsJson, type Write, writingOnce } from "../sql/rows-as-json.ts";

/** A decision with everything it was made from. */
export type DecisionRecord = {
  readonly decision: Decision;
  readonly checks: readonly CheckResult[];
  readonly score: TrustScore | undefined;
  /** The content that was judged, as `contentOf` says it. */
  readonly content: Readonly<Record<string, string>>;
};

/** A decision as it is stored. */
export type StoredDecision = DecisionRecord & { readonly id: number; readonly candidate: string; readonly at: Instant };

/** A decision that says something else than its candidate's latest one. */
export type NewDecision = DecisionRecord & { readonly candidate: string; readonly fingerprint: string };

/** Of decisions, by candidate, those that are news; until the transaction ends nobody else decides about them. */
export async function newDecisions(
  tx: Database,
  made: ReadonlyMap<string, DecisionRecord>,
): Promise<readonly NewDecision[]> {
  const ids = [...made.keys()].sort();
  await lockInOrder(tx, ids, 2);
  const { candidate, fingerprint } = decisions;
  const latest = await rowsAsJson<Pick<Row, "candidate" | "fingerprint">>(tx, latestOf(ids), {
    candidate,
    fingerprint,
  });
  const known = new Map(latest.map(({ candidate, fingerprint }) => [candidate, fingerprint]));
  return [...made]
    .map(([candidate, one]) => ({ candidate, ...one, fingerprint: fingerprintOf(one) }))
    .filter(({ candidate, fingerprint }) => known.get(candidate) !== fingerprint);
}

/** Appends decisions. Their candidates are stored already: the audit log names what it is about by them. */
export async function appendDecisions(
  tx: Database,
  news: readonly NewDecision[],
  now: Instant,
  write: Write = writingOnce(),
): Promise<void> {
  const texts = news.map(({ decision, checks, score, ...row }) => {
    const judged = { ...(score !== undefined && { score: write(score) }), checks: write(checks) };
    return objectText({ ...row, ...decision, at: now }, judged);
  });
  await insertTexts(tx, decisions, { columns: COLUMNS, texts });
}

const { id: _id, ...COLUMNS } = getTableColumns(decisions);

/** The latest decision of each of the given candidates. */
export async function latestDecisions(
  db: Database,
  candidates: readonly string[],
): Promise<Map<string, StoredDecision>> {
  if (candidates.length === 0) return new Map();
  const rows = await rowsAsJson<Row>(db, latestOf(candidates), getTableColumns(decisions));
  return new Map(rows.map((row) => [row.candidate, toStored(row)]));
}

type Row = typeof decisions.$inferSelect;

/** By one look-up of the index for each: sorting all that was ever decided of them takes longer the more that is. */
function latestOf(candidates: readonly string[]): SQL {
  return eachOf(decisions.candidate, candidates, { order: sql`${decisions.id} desc limit 1` });
}

/** Everything that was ever decided about a candidate, oldest first. */
export async function decisionsOf(db: Database, candidate: string): Promise<StoredDecision[]> {
  const rows = await db.select().from(decisions).where(eq(decisions.candidate, candidate)).orderBy(asc(decisions.id));
  return rows.map((row) => toStored(present(row)));
}

/** Drops decisions from before that moment, but never the latest one of a candidate; gives back how many. */
export async function pruneDecisions(db: Database, before: Instant): Promise<number> {
  const isFollowed = sql`exists (select 1 from ${decisions} later where later.candidate = ${decisions}.candidate and later.id > ${decisions}.id)`;
  return asRetention(db, async (tx) => {
    const gone = await tx
      .delete(decisions)
      .where(and(lte(decisions.at, before), isFollowed))
      .returning({ id: decisions.id });
    return gone.length;
  });
}

function toStored(row: Present<Row>): StoredDecision {
  const { id, candidate, verdict, until, reasons, by, checks, score, content, at } = row;
  const decision = until === undefined ? { verdict, reasons, by } : { verdict, until, reasons, by };
  return { id, candidate, decision, checks, score, content, at };
}

/** The same for decisions that say the same: when evidence was looked at does not count, what it says does. */
function fingerprintOf({ decision, checks, content }: DecisionRecord): string {
  const { verdict, until, by, reasons } = decision;
  const said = [
    verdict,
    until ?? "",
    typeof by === "string" ? by : by.person,
    reasons.map(({ rule, level, summary, until: ends }) => [rule, level, withDayAsked(summary), ends ?? ""]),
    inOrder(checks.map(({ check, outcome, summary }) => [check, outcome, summary])),
    inOrder(Object.entries(content)),
  ];
  return hash("sha256", JSON.stringify(said), "hex");
}

/** As `sort` orders lists, which writes both as text for each comparison. */
function inOrder(lists: readonly (readonly string[])[]): (readonly string[])[] {
  const written = lists.map((list) => ({ list, text: String(list) }));
  return written.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ list }) => list);
}
