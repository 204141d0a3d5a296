import type { NewChecksum } from "./checksum.ts";
import type { Instant } from "./instant.ts";
import type { Component, Pin } from "./pin.ts";
import type { PassedRelease, Release } from "./release.ts";
import type { Advisory, Evidence } from "./trust.ts";

/** `revert`: back to the version before, because the one that was merged turned bad. */
export type Step = "major" | "minor" | "patch" | "digest" | "pin" | "revert" | "other";

/** A possible move of one component. The same bump has the same id for ever, so that it is never proposed twice. */
export type Candidate = {
  readonly id: string;
  readonly component: Component;
  readonly from: readonly string[];
  readonly to: Release;
  /** Versions after the newest current one up to and including the target, newest first. */
  readonly between: readonly PassedRelease[];
  readonly step: Step;
  readonly fixes: readonly Advisory[];
  readonly introduces: readonly Advisory[];
};

/** What happens with a candidate: nothing ever, nothing until a person says so, nothing yet, it is proposed, it is passed over. */
export type Verdict = "block" | "hold" | "wait" | "propose" | "skip";

/** One reason of a decision, as data: which rule, one sentence, until when if it ends by itself. */
export type Reason = {
  readonly rule: string;
  readonly level: "note" | "warn" | "wait" | "hold" | "block" | "skip";
  readonly summary: string;
  readonly until?: Instant;
  readonly evidence?: readonly Evidence[];
};

/** What happens with a candidate, why (never empty), and who said so. */
export type Decision = {
  readonly verdict: Verdict;
  readonly until?: Instant;
  readonly reasons: readonly Reason[];
  readonly by: "policy" | { readonly person: string };
};

/** What a named person decided, keyed by component and version range so that it outlives branches and titles. */
export type HumanDecision = {
  readonly project: string;
  readonly upstream: string;
  readonly action: "approve" | "hold" | "skip" | "reopen";
  /** Versions it is about, in the component's scheme; absent: all. Exact versions are written `=1.2.3`. */
  readonly range?: string;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  readonly until?: Instant;
  /** The forge's id of the comment, the label event or the close that said it; or what `TAKEN_BACK` begins; absent: it was said here. */
  readonly word?: string;
};

/** What the `word` of a skip begins with that the base branch said: a version was merged, and then taken back by hand. */
export const TAKEN_BACK = "taken-back/";

/** A file as it will be committed. `mode` is git's: 100644 or 100755. */
export type FileChange = {
  readonly path: string;
  readonly mode: string;
  /** Git blob id of what was read: checked again before a commit. */
  readonly before: string;
  readonly text: string;
};

/** A candidate with everything a person needs to judge it, and the change that carries it out. */
export type Proposal = {
  readonly project: string;
  readonly candidate: Candidate;
  readonly decision: Decision;
  readonly changes: readonly FileChange[];
  /** Places that must move by hand: governed by a lock file, or not rewritable. */
  readonly byHand: readonly Pin[];
  /** The checksums that the change writes, each with who says so. */
  readonly checksums?: readonly NewChecksum[];
};

/** What a letter says, and to whom: what is shown of it once it was sent and its text is gone. `upstream`: the one it is about. */
export type LetterAbout = {
  readonly title: string;
  readonly to: string;
  readonly project?: string;
  readonly upstream?: string;
};

/** Something that was sent, or tried. `key` makes it happen once. */
export type Delivery = {
  readonly subject: { readonly kind: "candidate" | "digest" | "alert" | "pull-request"; readonly id: string };
  readonly channel: string;
  readonly key: string;
  /** `started` is recorded before the first write, so that a crash is seen. `refused` is our own guard; `error` says why. */
  readonly state: "started" | "sent" | "unchanged" | "failed" | "refused";
  readonly url?: string;
  /** The outside service's own id of the thing: a pull request's node id, a Message-ID. */
  readonly externalId?: string;
  /** The commit that was written last: a branch that points elsewhere was touched by somebody else. */
  readonly commit?: string;
  readonly at: Instant;
  /** One sentence: what failed or was refused, or why nothing was done. */
  readonly error?: string;
  /** Set when a failure is temporary: not before this moment. A failure without it is final. */
  readonly retryAt?: Instant;
  /** Of letters. */
  readonly about?: LetterAbout;
};

/**
 * What is wrong with what is already pinned. Of a version: `tag-moved`, `asset-replaced`, `asset-removed`, `checksum-mismatch`, `deleted`, `yanked`, `malware`,
 * `advisory` (its answer is overdue). Of an upstream as a whole: `mass-move` (three or more known tags at once),
 * `quarantined`, `renamed`, `transferred`, `recreated`, `source-stale`.
 */
type AlertClass =
  | "tag-moved"
  | "mass-move"
  | "asset-replaced"
  | "asset-removed"
  | "checksum-mismatch"
  | "deleted"
  | "yanked"
  | "quarantined"
  | "renamed"
  | "transferred"
  | "recreated"
  | "malware"
  | "advisory"
  | "source-stale";

/** What a person, or Headgate itself, said of an alert. */
export type AlertWord = { readonly by: string; readonly reason: string; readonly at: Instant };

/** Trouble with what is already pinned, with or without a candidate. Shown everywhere until it is resolved. */
export type Alert = {
  /** Short, for people to type; the same trouble of the same project has the same for ever. */
  readonly id: string;
  readonly project: string;
  readonly upstream: string;
  readonly class: AlertClass;
  /** The tag, version or advisory it is about; empty: the upstream as a whole. */
  readonly subject: string;
  readonly state: "open" | "acknowledged" | "resolved";
  readonly severity: "critical" | "high" | "medium" | "low";
  /** One sentence: what happened. */
  readonly summary: string;
  /** One sentence: what to do next. */
  readonly next: string;
  readonly places: readonly { readonly path: string; readonly line: number }[];
  readonly openedAt: Instant;
  /** `expected` is what was there before the trouble began: when it is back, the alert is over. */
  readonly evidence: readonly Evidence[];
  readonly acknowledged?: AlertWord;
  readonly resolved?: AlertWord;
};

/** What raises an alert, before anybody has seen it. */
export type Trouble = Omit<Alert, "id" | "state" | "openedAt" | "acknowledged" | "resolved">;

/** An order of alerts: what nobody has seen yet comes first, the worst at the top. */
export function byGravity(a: Alert, b: Alert): number {
  const rank = ({ state, severity }: Alert) =>
    (state === "open" ? 0 : 4) + ["critical", "high", "medium", "low"].indexOf(severity);
  return rank(a) - rank(b) || (a.openedAt < b.openedAt ? -1 : 1);
}
