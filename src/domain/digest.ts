import type { Alert, Candidate, Decision, Verdict } from "./bump.ts";
import { earliest, type Instant } from "./instant.ts";
import type { QuietClass } from "./integrity/pin-integrity.ts";
import type { Place } from "./pin.ts";
import type { SupportEntry } from "./support.ts";
import type { Advisory, CheckResult, Severity, TrustScore } from "./trust.ts";

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
  /** Why the change could not become a pull request, with the command that applies it; or what is the matter with its pull request. */
  readonly byHand?: string;
  /** When the candidate was first seen. */
  readonly since?: Instant;
  /** When it was last decided otherwise than before. */
  readonly decidedAt?: Instant;
  /** When its pull request was opened. */
  readonly proposedAt?: Instant;
  /** The last digest of this recipient did not say it. */
  readonly isNew?: boolean;
};

/** With what a reason begins that goes away by itself. */
export const NOT_YET = "not written yet, tried again at the next look";

/** With what a reason begins that leaves everything to the tool of a lock file. */
export const LOCKED = "governed by a lock file";

/** With what a reason begins that says what a person writes, since no edit can. */
export const PIN_BY_HAND = "pinned by hand";

/** A known advisory about what is pinned, and when it should have been answered. */
export type DueAdvisory = {
  readonly project: string;
  readonly upstream: string;
  readonly advisory: Advisory;
  /** Since when it is known here. */
  readonly since: Instant;
  /** Absent: with the next major version. */
  readonly dueAt?: Instant;
  readonly overdue: boolean;
  readonly places: readonly Place[];
  /** What would fix it, and where that stands. */
  readonly fix?: {
    readonly candidate: string;
    readonly version: string;
    readonly verdict: Verdict;
    readonly url?: string;
  };
};

/** A change that was merged. */
export type MergedEntry = {
  readonly project: string;
  readonly candidate: Candidate;
  readonly mergedAt: Instant;
  readonly url?: string;
};

/** A change that was merged and taken back in the base branch, in the words in which that was recorded. */
export type TakenBackEntry = {
  readonly project: string;
  readonly candidate: Candidate;
  readonly at: Instant;
  readonly reason: string;
  readonly url?: string;
};

/**
 * Trouble that people are told at once. All notices of one `thread` are about the same trouble; `state` says whether it
 * stands. Equal `fingerprint`s say the same.
 */
export type Notice = {
  readonly thread: string;
  readonly fingerprint: string;
  readonly state: "open" | "changed" | "over";
  /** The first letter of this thread is the one that this recipient can answer to. */
  readonly first: boolean;
  readonly project: string;
  readonly upstream: string;
  /** Other upstreams that it is about; absent: none. */
  readonly more?: number;
  readonly severity: Exclude<Severity, "unknown">;
  readonly part: "advisories" | "alerts" | "blocked" | "held";
  /** A few words: `Tag moved: example/tool`. The same for every letter of a thread. */
  readonly title: string;
  readonly summary: string;
  readonly facts: readonly { readonly mark: string; readonly text: string }[];
  readonly next?: string;
  readonly url?: string;
  readonly at: Instant;
};

/** A place whose content is decided by whoever moves a branch or a tag. */
export type UnpinnedEntry = {
  readonly project: string;
  readonly upstream: string;
  readonly text: string;
  readonly places: readonly { readonly path: string; readonly line: number }[];
};

/** What was pushed, moved or taken away under a name that is pinned, and is no alarm: the last of `times` such changes. */
export type QuietChange = {
  readonly project: string;
  readonly upstream: string;
  readonly class: QuietClass;
  /** The name that changed; empty where it is about the whole upstream. */
  readonly subject: string;
  readonly summary: string;
  readonly at: Instant;
  readonly times: number;
  readonly places: readonly Place[];
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

/** Versions of one upstream that are tried side by side, as in the matrix of a CI: no drift, and nothing moves them. */
export type SideBySideEntry = DriftEntry;

/** A file whose pins nothing that is read builds from: a copy that was left behind, or one that is built by hand. */
export type UnusedEntry = { readonly project: string; readonly path: string; readonly pins: number };

/** What could not be looked at, since when, why, and when it is tried again. */
export type UncheckedEntry = {
  readonly subject: string;
  readonly reason: string;
  readonly since?: Instant;
  readonly retryAt?: Instant;
  /** Where it belongs, as far as it is of one project or upstream. */
  readonly project?: string;
  readonly upstream?: string;
};

/** What a failure says after the name of the address that gave no answer. */
const OUT_OF_REACH = [
  " is left alone for a while",
  " asked not to be asked again before",
  " could not be reached",
  " could not be connected in time",
  " did not answer in time",
];

/** The host that gave no answer, where that is why. */
export function unreachableHost(reason: string): string | undefined {
  const ends = OUT_OF_REACH.map((words) => reason.indexOf(words)).filter((at) => at > 0);
  if (ends.length === 0) return undefined;
  const address =
    reason
      .slice(0, Math.min(...ends))
      .split(" ")
      .at(-1) ?? "";
  return address.split("/")[0] ?? address;
}

/** Before the last trouble of a host that is left alone. */
const LAST_TROUBLE = "; the last: ";

/** The trouble with a host in one breath: what happened last, without what was asked of it then. */
function troubleWith(host: string, reason: string): string {
  const at = reason.indexOf(host);
  const last = reason.lastIndexOf(LAST_TROUBLE);
  const told = reason.slice(last === -1 ? at : last + LAST_TROUBLE.length);
  return reason.slice(0, at) + (told.startsWith(host) ? told.replace(/^\S+/, host) : told);
}

/**
 * The same reason of many subjects as one entry: `numpy, redis and 73 more`; a host that cannot be reached is one
 * reason, whatever was asked of it. Since the earliest, until the next try of any of them. In the order in which the
 * reasons come first.
 */
export function groupUnchecked(entries: readonly UncheckedEntry[]): UncheckedEntry[] {
  const causes = Map.groupBy(entries, ({ reason }) => unreachableHost(reason) ?? reason);
  return [...causes.values()].map((group) => {
    const [{ reason } = { reason: "" }] = group;
    const host = unreachableHost(reason);
    const subjects = [...new Set(group.map((entry) => entry.subject))];
    const since = group.reduce<Instant | undefined>((first, entry) => earliest(first, entry.since), undefined);
    const retryAt = group.reduce<Instant | undefined>((first, entry) => earliest(first, entry.retryAt), undefined);
    const few = subjects.length <= 3;
    const subject = few ? subjects.join(", ") : `${subjects.slice(0, 2).join(", ")} and ${subjects.length - 2} more`;
    return {
      subject,
      reason: host === undefined ? reason : troubleWith(host, reason),
      ...(since !== undefined && { since }),
      ...(retryAt !== undefined && { retryAt }),
    };
  });
}

/** Everything one digest says, before any words. `key` is deterministic per recipient and period. */
export type Digest = {
  readonly key: string;
  readonly title: string;
  /** Where this installation's own pages are for its readers; absent: nowhere. */
  readonly pages?: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly proposed: readonly DigestEntry[];
  readonly held: readonly DigestEntry[];
  readonly waiting: readonly DigestEntry[];
  readonly blocked: readonly DigestEntry[];
  readonly alerts: readonly Alert[];
  readonly advisories: readonly DueAdvisory[];
  readonly merged: readonly MergedEntry[];
  /** Since the last digest. */
  readonly takenBack: readonly TakenBackEntry[];
  /** Since the last digest; nobody has to answer it. */
  readonly changed: readonly QuietChange[];
  readonly unpinned: readonly UnpinnedEntry[];
  readonly drifting: readonly DriftEntry[];
  readonly sideBySide: readonly SideBySideEntry[];
  readonly unused: readonly UnusedEntry[];
  readonly unchecked: readonly UncheckedEntry[];
  /** What is pinned and gets no fixes any more, or soon. */
  readonly ending: readonly SupportEntry[];
  readonly watched: { readonly projects: number; readonly components: number; readonly upstreams: number };
};

/** A known advisory, with the alert that stands for it, if any. */
type AnsweredAdvisory = { readonly entry: DueAdvisory; readonly alert: Alert | undefined };

/**
 * The advisories and the alerts of a digest with everything once: the alert of a listed advisory stands with it.
 * `unlisted`: alerts about advisories that are not listed, because no version that can be taken is known to fix them.
 */
export function sortAlerts({ advisories, alerts }: Pick<Digest, "advisories" | "alerts">): {
  readonly overdue: readonly AnsweredAdvisory[];
  readonly due: readonly AnsweredAdvisory[];
  readonly unlisted: readonly Alert[];
  readonly others: readonly Alert[];
} {
  const isAbout = (alert: Alert, { project, upstream, advisory }: DueAdvisory) =>
    alert.project === project && alert.upstream === upstream && alert.subject === advisory.id;
  const late = alerts.filter((alert) => alert.class === "advisory");
  const listed = advisories.map((entry) => ({ entry, alert: late.find((alert) => isAbout(alert, entry)) }));
  return {
    overdue: listed.filter(({ entry }) => entry.overdue),
    due: listed.filter(({ entry }) => !entry.overdue),
    unlisted: late.filter((alert) => !listed.some((one) => one.alert === alert)),
    others: alerts.filter((alert) => alert.class !== "advisory"),
  };
}
