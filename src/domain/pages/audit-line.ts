import type { LetterAbout } from "../bump.ts";
import type { Instant } from "../instant.ts";

/** What the audit log holds. */
export const AUDIT_KINDS = ["decision", "human-decision", "vouch", "alert", "delivery"] as const;

type AuditKind = (typeof AUDIT_KINDS)[number];

/** One decision or one write to the outside, as it was logged. `data` is what was logged with it. */
export type AuditLine = {
  readonly id: number;
  readonly at: Instant;
  readonly kind: AuditKind;
  readonly actor: string;
  readonly project?: string;
  readonly upstream?: string;
  readonly candidate?: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Of letters: what they said, and to whom. */
  readonly about?: LetterAbout;
};

/** What people ask of the log. `before`: only entries with a smaller number, for the next page. */
export type AuditQuestion = {
  readonly kind?: AuditKind;
  readonly actor?: string;
  readonly text?: string;
  readonly since?: Instant;
  readonly until?: Instant;
  readonly before?: number;
};

/** One page of the log, newest first. `older`: the number to go on before; absent: that was all. */
export type AuditPage = { readonly lines: readonly AuditLine[]; readonly older?: number };
