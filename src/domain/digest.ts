import type { Alert, Candidate, Decision } from "./bump.ts";
import { earliest, type Instant } from "./instant.ts";
import type { SupportEntry } from "./support.ts";
import type { CheckResult, TrustScore } from "./trust.ts";

/** What people are shown of an upstream and of one of its releases. */
export type TrustCard = {
  readonly upstream: string;
  readonly score: TrustScore | undefined;
  readonly checks: readonly CheckResult[];
  /** What each signal weighs among those of its heading, by its id. */
  readonly weights?: Readonly<Record<string, number>>;
};

/** One candidate in a digest. `url` is its pull request, where there is one; `patch` where there cannot be one. */
export type DigestEntry = {
  readonly project: string;
  readonly candidate: Candidate;
  readonly decision: Decision;
  readonly card: TrustCard;
  readonly url?: string;
  /** Why the change could not become a pull request, with the command that applies it. */
  readonly byHand?: string;
};

/** A place whose content is decided by whoever moves a branch or a tag. */
export type UnpinnedEntry = {
  readonly project: string;
  readonly upstream: string;
  readonly text: string;
  readonly places: readonly { readonly path: string; readonly line: number }[];
};

/** One upstream in several versions. */
export type DriftEntry = {
  readonly project: string;
  readonly upstream: string;
  readonly versions: readonly {
    readonly version: string;
    readonly places: readonly { readonly path: string; readonly line: number }[];
  }[];
};

/** What could not be looked at, since when, why, and when it is tried again. */
export type UncheckedEntry = {
  readonly subject: string;
  readonly reason: string;
  readonly since?: Instant;
  readonly retryAt?: Instant;
};

/**
 * The same reason of many subjects as one entry: `numpy, redis and 73 more`. Since the earliest, until the next try of
 * any of them. In the order in which the reasons come first.
 */
export function groupUnchecked(entries: readonly UncheckedEntry[]): UncheckedEntry[] {
  return [...Map.groupBy(entries, (entry) => entry.reason)].map(([reason, group]) => {
    const subjects = [...new Set(group.map((entry) => entry.subject))];
    const since = group.reduce<Instant | undefined>((first, entry) => earliest(first, entry.since), undefined);
    const retryAt = group.reduce<Instant | undefined>((first, entry) => earliest(first, entry.retryAt), undefined);
    const few = subjects.length <= 3;
    const subject = few ? subjects.join(", ") : `${subjects.slice(0, 2).join(", ")} and ${subjects.length - 2} more`;
    return { subject, reason, ...(since !== undefined && { since }), ...(retryAt !== undefined && { retryAt }) };
  });
}

/** Everything one digest says, before any words. `key` is deterministic per recipient and period. */
export type Digest = {
  readonly key: string;
  readonly title: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly proposed: readonly DigestEntry[];
  readonly held: readonly DigestEntry[];
  readonly waiting: readonly DigestEntry[];
  readonly blocked: readonly DigestEntry[];
  readonly alerts: readonly Alert[];
  readonly unpinned: readonly UnpinnedEntry[];
  readonly drifting: readonly DriftEntry[];
  readonly unchecked: readonly UncheckedEntry[];
  /** What is pinned and gets no fixes any more, or soon. */
  readonly ending: readonly SupportEntry[];
  readonly watched: { readonly projects: number; readonly components: number; readonly upstreams: number };
};
