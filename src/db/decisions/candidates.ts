import { hash } from "node:crypto";
import type { Candidate } from "../../domain/bump.ts";
import { type CandidateState, OPEN_STATES } from "../../domain/candidate-state.ts";
import type { TrustCard } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PassedRelease, Release } from "../../domain/release.ts";
import type { Finding } from "../../domain/trust.ts";
import type { Database } from "../database.ts";
import { candidates } from "../schema/decisions.ts";
import { storableJson } from "../sql/columns.ts";
import { oneOf } from "../sql/one-of.ts";
import { and, asc, desc, eq, getTableColumns, gte, inArray, lte, sql } from "../sql/orm.ts";
import { insertTexts, objectText, type Write, withKeys, writingOnce } from "../sql/rows-as-json.ts";
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
 * was known. Of one that is as it was nothing is written, as most are in most plans. Within a transaction.
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
  const texts = known.filter(({ row }) => !isAsBefore(row, before.get(row.id))).map((one) => textOf(one, write));
  await insertTexts(tx, candidates, { columns: COLUMNS, texts, conflict: REPLACE });
}

type Standing = Pick<typeof candidates.$inferSelect, "state" | "until" | "fingerprint">;

/** Where a candidate stands is moved by others, too, who leave the rest as it is. */
function isAsBefore(row: Known["row"], before: Standing | undefined): boolean {
  const stands = before?.state === row.state && before.until === (row.until ?? null);
  return stands && before.fingerprint === row.fingerprint;
}

/** A candidate's row but for its long text, and what that is made of. */
type Known = ReturnType<typeof knownOf>;

function knownOf(update: CandidateUpdate, before: CandidateState | undefined, now: Instant) {
  const { candidate, until, card } = update;
  const { id, component, from, to, step } = candidate;
  const { project, upstream, key } = component;
  const told = toldOf(candidate);
  // of what is known, wherever it is stored
  const known = [storableJson([saidOf(card), inOrder(saidOfEvidence(to))]), told.move, told.target];
  const fingerprint = hash("sha256", known.join("\n"), "base64");
  const standing = { state: update.stateAfter(before), until, firstSeenAt: now, updatedAt: now };
  const row = { id, project, upstream, componentKey: key, from, to: to.version, step, fingerprint, ...standing };
  return { row, told, update };
}

/**
 * All that a card says but when it was looked at, and how often in vain: every plan looks at another time, and would write
 * all there is again. What was learned of a project counts by its day.
 */
function saidOf({ score, checks }: TrustCard): unknown {
  const isLearned = ({ outcome }: Finding) => outcome === "good" || outcome === "bad";
  const findings = score?.findings.map((one) => {
    return {
      ...one,
      observedAt: isLearned(one) ? one.observedAt.slice(0, 10) : "",
      evidence: one.evidence.map(undated),
    };
  });
  const found = checks.map((check) => {
    const isPlain = check.evidence.length === 0 && check.failedLookups === undefined; // as most are
    return isPlain ? check : { ...check, failedLookups: undefined, evidence: check.evidence.map(undated) };
  });
  return { score: { ...score, findings }, checks: found };
}

/** The facts of a target but for when each was asked for: what cannot be told is asked for again and again. */
function saidOfEvidence({ evidence = {} }: Release): unknown {
  const { sources = {}, proofs = [] } = evidence;
  const asked = Object.entries(sources).map(([part, source]) => [part, { ...source, fetchedAt: "" }]);
  return { ...evidence, proofs: proofs.map(undated), sources: Object.fromEntries(asked) };
}

/** Objects as lists of keys and values in one order: the store has another order than who learned it a moment ago. */
function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const known = value as Readonly<Record<string, unknown>>;
  const list: unknown[] = [];
  for (const key of Object.keys(value).sort()) if (known[key] !== undefined) list.push(key, inOrder(known[key]));
  return list;
}

function undated<One extends { readonly observedAt: Instant }>(one: One): One {
  return { ...one, observedAt: "" };
}

function textOf({ row, told, update }: Known, write: Write): string {
  const { card, isCardDecided = false } = update;
  const { score, checks, ...rest } = card;
  const judged = { ...(score !== undefined && { score: write(score) }), checks: write(checks) };
  const itsCard = isCardDecided ? write(rest) : objectText(rest, judged);
  const { evidence } = update.candidate.to;
  const to = evidence === undefined ? told.target : withKeys(told.target, { evidence: write(evidence) });
  return objectText(row, { snapshot: objectText({}, { candidate: withKeys(told.move, { to }), card: itsCard }) });
}

/**
 * A candidate as JSON, once for its fingerprint and its row: all but its target, and that but for its evidence. Of versions
 * on the way only what is told of them: their files and proofs stay with themselves.
 */
function toldOf({ to, ...move }: Candidate): { readonly move: string; readonly target: string } {
  const { evidence: _, ...target } = to;
  return { move: storableJson({ ...move, between: move.between.map(passedBy) }), target: storableJson(target) };
}

function passedBy(release: PassedRelease): PassedRelease {
  const plain = { ...release, assets: [], digests: {} };
  if (release.evidence === undefined) return plain;
  const notes = release.evidence.sources?.notes;
  return { ...plain, evidence: notes === undefined ? {} : { sources: { notes } } };
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

/** Those of the given ids that are known, in no order. */
export async function candidatesNamed(db: Database, ids: readonly string[]): Promise<StoredCandidate[]> {
  if (ids.length === 0) return [];
  const rows = await db.select(TOLD).from(candidates).where(oneOf(candidates.id, ids));
  return rows.map(toStored);
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

/** Every candidate that an upstream ever gave, in any project, the one that changed last first. */
export async function candidatesOfUpstream(db: Database, upstream: string): Promise<StoredCandidate[]> {
  const rows = await db
    .select(TOLD)
    .from(candidates)
    .where(eq(candidates.upstream, upstream))
    .orderBy(desc(candidates.updatedAt), asc(candidates.id));
  return rows.map(toStored);
}

/**
 * A project's candidates (or those in the given states, or that changed or were moved since then), in the order in which they were
 * first seen. All that ever were merged are many.
 */
export async function candidatesOf(
  db: Database,
  project: string,
  states?: readonly CandidateState[],
  since?: Instant,
): Promise<StoredCandidate[]> {
  const inState = states === undefined ? undefined : inArray(candidates.state, [...states]);
  const wanted = and(inState, since === undefined ? undefined : gte(candidates.updatedAt, since));
  const rows = await db
    .select(TOLD)
    .from(candidates)
    .where(and(eq(candidates.project, project), wanted))
    .orderBy(asc(candidates.firstSeenAt), asc(candidates.id));
  return rows.map(toStored);
}

/** The ids of a project's candidates that were merged, and neither moved nor planned again since before that moment. */
export async function mergedIds(db: Database, project: string, before: Instant): Promise<string[]> {
  const { id, state, updatedAt } = candidates;
  const isMerged = and(eq(candidates.project, project), eq(state, "merged"), lte(updatedAt, before));
  return (await db.select({ id }).from(candidates).where(isMerged)).map((row) => row.id);
}

/** The ids of all moves of one component that were ever known, oldest first: what was delivered for it is found by them. */
export async function candidateIdsOfComponent(db: Database, project: string, key: string): Promise<string[]> {
  const rows = await db
    .select({ id: candidates.id })
    .from(candidates)
    .where(and(eq(candidates.project, project), eq(candidates.componentKey, key)))
    .orderBy(asc(candidates.firstSeenAt), asc(candidates.id));
  return rows.map(({ id }) => id);
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

/** The candidates of a project, or only those of one upstream in it. */
export type Among = { readonly project: string; readonly upstream?: string | undefined };

/** Candidates among the given ones that are still on their way but not in `current` any more; they become superseded. */
export function supersedeCandidates(
  db: Database,
  { project, upstream }: Among,
  current: readonly string[],
  now: Instant,
): Promise<Pick<StoredCandidate, "id" | "upstream">[]> {
  const others = sql`not ${oneOf(candidates.id, current)}`;
  const its = upstream === undefined ? undefined : eq(candidates.upstream, upstream);
  return db
    .update(candidates)
    .set({ state: "superseded", until: null, updatedAt: now })
    .where(and(eq(candidates.project, project), its, inArray(candidates.state, [...OPEN_STATES]), others))
    .returning({ id: candidates.id, upstream: candidates.upstream });
}
