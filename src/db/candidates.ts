import { hash } from "node:crypto";
import type { Candidate } from "../domain/bump.ts";
import { type CandidateState, OPEN_STATES } from "../domain/candidate-state.ts";
import type { TrustCard } from "../domain/digest.ts";
import type { Instant } from "../domain/instant.ts";
import type { Release } from "../domain/release.ts";
import type { Finding } from "../domain/trust.ts";
import type { Database } from "./database.ts";
import { candidates } from "./schema/decisions.ts";
import { storableJson } from "./sql/columns.ts";
import { oneOf } from "./sql/one-of.ts";
import { and, asc, desc, eq, getTableColumns, inArray, sql } from "./sql/orm.ts";
import { insertTexts, objectText, type Write, writingOnce } from "./sql/rows-as-json.ts";
import { type StoredCandidate, TOLD, toStored } from "./stored-candidate.ts";

/** What is known of a candidate now, and where it stands when it stood elsewhere before. */
export type CandidateUpdate = {
  readonly candidate: Candidate;
  readonly until?: Instant | undefined;
  readonly card: TrustCard;
  /** Whether the decision that was appended last has this score and these checks: they are stored once. */
  readonly isCardDecided?: boolean | undefined;
  readonly stateAfter: (before: CandidateState | undefined) => CandidateState;
};

/**
 * Stores what is known of candidates. Their first sights stay. `stateAfter` is told the state that one had before, if it
 * was known. Of one that is as it was, only that it was looked at is written: its text is long, and the same in most
 * plans. Within a transaction.
 */
export async function putCandidates(
  tx: Database,
  updates: readonly CandidateUpdate[],
  now: Instant,
  write: Write = writingOnce(),
): Promise<void> {
  const { id, state, until, fingerprint } = candidates;
  const ids = updates.map(({ candidate: { id } }) => id).sort();
  const stored = await tx
    .select({ id, state, until, fingerprint })
    .from(candidates)
    .where(oneOf(candidates.id, ids))
    .orderBy(asc(candidates.id))
    .for("update");
  const before = new Map(stored.map((one) => [one.id, one]));
  const known = updates.map((update) => knownOf(update, before.get(update.candidate.id)?.state, now));
  const isSame = ({ row }: Known) => isAsBefore(row, before.get(row.id));
  const texts = known.filter((one) => !isSame(one)).map((one) => textOf(one, write));
  await insertTexts(tx, candidates, { columns: COLUMNS, texts, conflict: REPLACE });
  const same = known.filter(isSame).map(({ row }) => row.id);
  await tx.update(candidates).set({ updatedAt: now }).where(oneOf(candidates.id, same));
}

type Standing = Pick<typeof candidates.$inferSelect, "state" | "until" | "fingerprint">;

/** Where a candidate stands is moved by others, too, who leave the rest as it is. */
function isAsBefore(row: Known["row"], before: Standing | undefined): boolean {
  const stands = before?.state === row.state && before.until === (row.until ?? null);
  return stands && before.fingerprint === row.fingerprint;
}

/** A candidate's row but for its long text, and what that is made of. `told`: the candidate as JSON. */
type Known = ReturnType<typeof knownOf>;

function knownOf(update: CandidateUpdate, before: CandidateState | undefined, now: Instant) {
  const { candidate, until, card } = update;
  const { id, component, from, to, step, between } = candidate;
  const { project, upstream, key } = component;
  const said = { from, to: to.version, step };
  const told = storableJson({ ...candidate, between: between.map(toldOf) });
  // of what is known, wherever it is stored
  const fingerprint = hash("sha256", objectText({ ...said, card: saidOf(card) }, { told }), "base64");
  const standing = { state: update.stateAfter(before), until, firstSeenAt: now, updatedAt: now };
  const row = { id, project, upstream, componentKey: key, ...said, fingerprint, ...standing };
  return { row, told, update };
}

/**
 * All that a card says but when it was looked at, where nothing was learned then: every plan looks at another time, and
 * would write all there is again.
 */
function saidOf({ score, checks }: TrustCard): unknown {
  const isLearned = ({ outcome }: Finding) => outcome === "good" || outcome === "bad";
  const findings = score?.findings.map((one) => (isLearned(one) ? one : { ...one, observedAt: "" }));
  const found = checks.map(({ evidence, ...check }) => {
    return { ...check, evidence: evidence.map(({ observedAt: _, ...one }) => one) };
  });
  return { score: { ...score, findings }, checks: found };
}

function textOf({ row, told, update: { card, isCardDecided = false } }: Known, write: Write): string {
  const { score, checks, ...rest } = card;
  const judged = { ...(score !== undefined && { score: write(score) }), checks: write(checks) };
  const snapshot = objectText({}, { candidate: told, card: isCardDecided ? write(rest) : objectText(rest, judged) });
  return objectText(row, { snapshot });
}

/** Of versions on the way only what is told of them: their files and proofs stay with themselves. */
function toldOf({ evidence, ...release }: Release): Release {
  const notes = evidence?.sources?.notes;
  return { ...release, assets: [], digests: {}, ...(notes !== undefined && { evidence: { sources: { notes } } }) };
}

const COLUMNS = getTableColumns(candidates);
const CHANGING = ["from_versions", "step", "state", "until", "updated_at", "snapshot", "fingerprint"];
const REPLACE = sql`on conflict (id) do update set ${sql.join(
  CHANGING.map((name) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`),
  sql`, `,
)}`;

/** Upstream and version that each open candidate leads to. */
export function openTargets(db: Database): Promise<{ readonly upstream: string; readonly version: string }[]> {
  return db
    .selectDistinct({ upstream: candidates.upstream, version: candidates.to })
    .from(candidates)
    .where(inArray(candidates.state, [...OPEN_STATES]));
}

/** One candidate; undefined when there is none of that id. */
export async function candidate(db: Database, id: string): Promise<StoredCandidate | undefined> {
  const [row] = await db.select(TOLD).from(candidates).where(eq(candidates.id, id));
  return row === undefined ? undefined : toStored(row);
}

/** Candidates whose id begins so, by their ids; at most a few: enough to see that there are several. */
export async function candidatesStarting(db: Database, prefix: string): Promise<StoredCandidate[]> {
  const rows = await db
    .select(TOLD)
    .from(candidates)
    .where(sql`starts_with(${candidates.id}, ${prefix})`)
    .orderBy(asc(candidates.id))
    .limit(5);
  return rows.map(toStored);
}

/** Every candidate that an upstream ever gave, in any project, the one that was looked at last first. */
export async function candidatesOfUpstream(db: Database, upstream: string): Promise<StoredCandidate[]> {
  const rows = await db
    .select(TOLD)
    .from(candidates)
    .where(eq(candidates.upstream, upstream))
    .orderBy(desc(candidates.updatedAt), asc(candidates.id));
  return rows.map(toStored);
}

/** A project's candidates (or those in the given states), in the order in which they were first seen. */
export async function candidatesOf(
  db: Database,
  project: string,
  states?: readonly CandidateState[],
): Promise<StoredCandidate[]> {
  const wanted = states === undefined ? undefined : inArray(candidates.state, [...states]);
  const rows = await db
    .select(TOLD)
    .from(candidates)
    .where(and(eq(candidates.project, project), wanted))
    .orderBy(asc(candidates.firstSeenAt), asc(candidates.id));
  return rows.map(toStored);
}

/** Everything ever known of one component's moves, oldest first: what was delivered for it is found by their ids. */
export async function candidatesOfComponent(db: Database, project: string, key: string): Promise<StoredCandidate[]> {
  const rows = await db
    .select(TOLD)
    .from(candidates)
    .where(and(eq(candidates.project, project), eq(candidates.componentKey, key)))
    .orderBy(asc(candidates.firstSeenAt), asc(candidates.id));
  return rows.map(toStored);
}

/** Where a candidate stands, and stays until the transaction ends; undefined: there is none of that id. */
export async function holdCandidateState(tx: Database, id: string): Promise<CandidateState | undefined> {
  const [row] = await tx
    .select({ state: candidates.state })
    .from(candidates)
    .where(eq(candidates.id, id))
    .for("update");
  return row?.state;
}

/** Moves a candidate to another state. */
export async function setCandidateState(db: Database, id: string, state: CandidateState, now: Instant): Promise<void> {
  await db.update(candidates).set({ state, until: null, updatedAt: now }).where(eq(candidates.id, id));
}

/** Candidates of a project that are still on their way but are not among `current` any more; they become superseded. */
export function supersedeCandidates(
  db: Database,
  project: string,
  current: readonly string[],
  now: Instant,
): Promise<Pick<StoredCandidate, "id" | "upstream">[]> {
  const others = sql`not ${oneOf(candidates.id, current)}`;
  return db
    .update(candidates)
    .set({ state: "superseded", until: null, updatedAt: now })
    .where(and(eq(candidates.project, project), inArray(candidates.state, [...OPEN_STATES]), others))
    .returning({ id: candidates.id, upstream: candidates.upstream });
}
