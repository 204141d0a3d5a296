import type { Severity } from "./trust.ts";

/** The parts of a digest that a recipient can choose from, in the order in which they are shown. */
export const DIGEST_PARTS = [
  "advisories",
  "alerts",
  "proposed",
  "blocked",
  "held",
  "waiting",
  "support",
  "merged",
  "unchecked",
  "changed",
  "drift",
  "unpinned",
] as const;

/** One part of a digest. `proposed` holds what is new, what waits for a place and what is still open. */
export type DigestPart = (typeof DIGEST_PARTS)[number];

/** How long silence may last when nothing is new: `never` sends nothing then. */
export type Heartbeat = "never" | "daily" | "weekly" | "monthly";

/** Somebody who gets letters, and what of everything is for them. Empty lists choose everything. */
export type Recipient = {
  /** The identity by which it is remembered what they were told. */
  readonly address: string;
  /** As the channel writes to them: the address, with a name where the configuration gives one. */
  readonly mailbox: string;
  /** Globs over project ids. */
  readonly projects: readonly string[];
  /** Globs over purls. */
  readonly upstreams: readonly string[];
  /** Only what is about an advisory of at least this severity; integrity alarms and blocks count as critical. */
  readonly severity?: Exclude<Severity, "unknown">;
  readonly only: readonly DigestPart[];
  readonly quiet: Heartbeat;
  /** Whether blocks, alarms and overdue advisories are told at once, without waiting for the digest. */
  readonly immediate: boolean;
  /** True: each pull request that is opened, changed, merged, closed or withdrawn is told there. */
  readonly pullRequests?: boolean;
  /** False: no digests go there. */
  readonly digests?: boolean;
};

const RANKS: readonly Severity[] = ["unknown", "low", "medium", "high", "critical"];

/** True when a severity is at least the wanted one. What is not known counts as high: nobody has said that it is harmless. */
export function isAtLeast(severity: Severity, wanted: Severity): boolean {
  return RANKS.indexOf(severity === "unknown" ? "high" : severity) >= RANKS.indexOf(wanted);
}
