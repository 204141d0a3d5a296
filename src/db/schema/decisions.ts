import type { Candidate, Decision, HumanDecision, Step, Verdict } from "../../domain/bump.ts";
import type { CandidateState } from "../../domain/candidate-state.ts";
import type { TrustCard } from "../../domain/digest.ts";
import type { CheckResult, TrustScore } from "../../domain/trust.ts";
import { instant, json, text } from "../sql/columns.ts";
import { bigserial, doublePrecision, index, uniqueIndex } from "../sql/orm.ts";
import { headgate } from "../sql/own-schema.ts";

/**
 * What was known of a candidate when it was last looked at. Its card lacks score and checks while they are those that its
 * latest decision was made from.
 */
export type StoredSnapshot = {
  readonly candidate: Candidate;
  readonly card: Omit<TrustCard, keyof Judged> & Partial<Judged>;
};

/** What a decision is made from, besides the candidate. */
type Judged = Pick<TrustCard, "score" | "checks">;

/** Possible moves of components, one row each: for ever where it went out, else until retention drops what was passed over. */
export const candidates = headgate.table(
  "candidates",
  {
    id: text("id").primaryKey(),
    project: text("project").notNull(),
    upstream: text("upstream").notNull(),
    componentKey: text("component_key").notNull(),
    from: json<readonly string[]>("from_versions").notNull(),
    to: text("to_version").notNull(),
    step: text("step").$type<Step>().notNull(),
    state: text("state").$type<CandidateState>().notNull(),
    until: instant("until"),
    firstSeenAt: instant("first_seen_at").notNull(),
    /** When something else became known of it, or it was moved. */
    updatedAt: instant("updated_at").notNull(),
    snapshot: json<StoredSnapshot>("snapshot").notNull(),
    /** Equal for rows that say the same, wherever they stand; absent: written before there were any. */
    fingerprint: text("fingerprint"),
  },
  (table) => [
    index("candidates_project").on(table.project, table.state),
    index("candidates_state").on(table.state),
    index("candidates_upstream").on(table.upstream),
    index("candidates_component").on(table.project, table.componentKey),
  ],
);

/** What was decided, and everything it was decided from. Append-only; a row only where something changed. */
export const decisions = headgate.table(
  "decisions",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    candidate: text("candidate").notNull(),
    verdict: text("verdict").$type<Verdict>().notNull(),
    until: instant("until"),
    reasons: json<Decision["reasons"]>("reasons").notNull(),
    by: json<Decision["by"]>("by").notNull(),
    checks: json<readonly CheckResult[]>("checks").notNull(),
    score: json<TrustScore>("score"),
    /** The content that was judged: commit, digests, asset digests. */
    content: json<Readonly<Record<string, string>>>("content").notNull(),
    /** Equal for decisions that say the same. */
    fingerprint: text("fingerprint").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [index("decisions_candidate").on(table.candidate, table.id), index("decisions_at").on(table.at)],
);

/** What named people decided. Append-only. */
export const humanDecisions = headgate.table(
  "human_decisions",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    project: text("project").notNull(),
    upstream: text("upstream").notNull(),
    action: text("action").$type<HumanDecision["action"]>().notNull(),
    range: text("version_range"),
    by: text("by").notNull(),
    reason: text("reason").notNull(),
    at: instant("at").notNull(),
    until: instant("until"),
    /** The forge's id of what said it: read again after a crash, it is recorded once. */
    word: text("word"),
  },
  (table) => [
    index("human_decisions_upstream").on(table.project, table.upstream),
    uniqueIndex("human_decisions_word").on(table.project, table.upstream, table.range, table.word),
  ],
);

/** Recorded relationships of trust. Append-only: the newest one of a person counts. */
export const vouches = headgate.table(
  "vouches",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    upstream: text("upstream").notNull(),
    by: text("by").notNull(),
    reason: text("reason").notNull(),
    points: doublePrecision("points").notNull(),
    since: instant("since").notNull(),
    until: instant("until"),
  },
  (table) => [index("vouches_upstream").on(table.upstream)],
);
