import type { Database } from "../db/database.ts";
import type { FreshnessTargets } from "../domain/freshness.ts";
import type { Instant } from "../domain/instant.ts";
import type { Policy } from "../domain/policy.ts";
import type { ForgeId, Project } from "../domain/project.ts";
import type { Vouch } from "../domain/trust.ts";
import type { Osv } from "../lib/advisories/osv.ts";
import type { Failure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { WatchedForge } from "../lib/forge/forge.ts";
import type { GitRemote } from "../lib/git/remote.ts";
import type { GitHub } from "../lib/github/client.ts";
import type { GitHubReader } from "../lib/github/upstream/reader.ts";
import type { ServiceUrls } from "../lib/http/urls.ts";
import type { Log } from "../lib/log.ts";
import type { ConnectSmtp } from "../lib/mail/smtp.ts";
import type { TakenLetters } from "../lib/mail/taken-letters.ts";
import type { PypiUpdates } from "../lib/packages/pypi-updates.ts";
import type { Registry } from "../lib/registry/client.ts";
import type { PinnedKeys } from "../lib/verify/signatures/pinned-keys.ts";

/** What signatures are verified with, besides the trust roots that ship with the product. */
type Trust = {
  readonly directory: string;
  /** Whether the daemon brings the trust roots up to date by itself. */
  readonly refresh: boolean;
  /** The keys pinned for an upstream, by its purl. */
  readonly keysOf: (upstream: string) => PinnedKeys;
};

/**
 * The lease under which work goes on. It may be lost: where a process stands still for longer than it lasts, somebody
 * else has the work by the time it goes on, and knows more than we.
 */
export type Hold = {
  /** Does something with the lease's present word, which is not exchanged for another one meanwhile. Throws where the work was given back. */
  readonly use: <Result>(work: (word: Instant) => Promise<Result>) => Promise<Result>;
  /** Throws when somebody else has the work. Asks the store only where the lease may be over. */
  readonly confirm: () => Promise<void>;
};

/** Frees what a lease of our own still holds, due as it was before. The work that had it writes nothing more. */
export type GiveBack = () => Promise<void>;

/** Everything a flow function may use: the store, the clients, what the configuration says, and the clock. */
export type FlowContext = {
  readonly db: Database;
  readonly projects: readonly Project[];
  readonly policy: Policy;
  /** How old what a source said may be. */
  readonly freshness: FreshnessTargets;
  /** This installation's own id: spreads its polls apart from those of others. */
  readonly installation: string;
  readonly vouches: readonly Vouch[];
  /** How long decisions with their evidence, and raw facts, are kept; milliseconds. */
  readonly retention: { readonly decisions: number; readonly evidence: number };
  /** Keys pinned for upstreams, and where refreshed trust roots are kept. */
  readonly trust: Trust;
  /** Channel id → options; a channel that is not named is off. */
  readonly deliver: Readonly<Record<string, unknown>>;
  /** Where this process's pages are reached from outside; absent: nowhere. */
  readonly publicUrl: string | undefined;
  readonly urls: ServiceUrls;
  readonly fetcher: Fetcher;
  /** Bytes of the largest file that is downloaded to compute its checksum. */
  readonly largestDownload: number;
  /** Absent without a credential. */
  readonly github: GitHub | undefined;
  readonly reader: GitHubReader | undefined;
  /** Where files of projects are read and pull requests are opened. */
  readonly forges: Readonly<Record<ForgeId, WatchedForge>>;
  readonly git: GitRemote;
  readonly registry: Registry;
  readonly pypiUpdates: PypiUpdates;
  readonly osv: Osv;
  /** Connects to a mail server, the way that `network` says. */
  readonly smtp: ConnectSmtp;
  /** Letters that a mail server took, as this machine knows before the store does. */
  readonly taken: TakenLetters;
  /** Where state is kept and how jobs travel, in words, for `doctor`. */
  readonly storage: string;
  readonly queueing: string;
  /** Asks the queue's own server: what is not well with it, or why it cannot be used; absent: it is the store. */
  readonly probeQueue?: (() => Promise<readonly string[] | Failure>) | undefined;
  /** How connections leave, in words. */
  readonly networking: string;
  /** Where the store is backed up to, when it lives beside this process. */
  readonly backupsIn?: string | undefined;
  /** Asked when everything works; absent: nobody waits for it. */
  readonly pingUrl?: string | undefined;
  /** When files of projects are read again, where the configuration says it. */
  readonly nextDiscovery?: (() => Instant | undefined) | undefined;
  /** The lease under which a job works; absent: nobody else does it. */
  readonly hold?: Hold | undefined;
  /** Work under a lease that goes on in this process, as what gives it back unfinished; absent: nobody gives it back. */
  readonly unfinished?: Set<GiveBack> | undefined;
  /** Aborted when this work takes too long and is given up, since its next try must not wait for it; and when its workers have stopped. */
  readonly givenUp?: AbortSignal | undefined;
  readonly log: Log;
  readonly clock: () => Instant;
};
