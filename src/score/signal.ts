import type { ZodType } from "zod";
import type { Instant } from "../domain/instant.ts";
import type { Release } from "../domain/release.ts";
import type { Advisory, Dimension, Finding, Vouch } from "../domain/trust.ts";
import type { UpstreamIdentity } from "../domain/upstream.ts";
import type { Ask } from "../lib/concurrency/coalesce.ts";
import type { DepsDev } from "../lib/facts/deps-dev.ts";
import type { KnownScorecard } from "../lib/facts/scorecard.ts";
import { type Failure, isFailure, toFailure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { GitHubReader } from "../lib/github/upstream/reader.ts";
import type { ServiceUrls } from "../lib/http/urls.ts";
import type { Registry } from "../lib/registry/client.ts";

/** What signals may ask. Ten signals that ask for one repository cost one request. */
export type ScoreContext = {
  readonly fetcher: Fetcher;
  readonly github: GitHubReader | undefined;
  readonly registry: Registry;
  readonly urls: ServiceUrls;
  readonly vouches: readonly Vouch[];
  readonly depsDev: Pick<DepsDev, "version" | "dependents">;
  /** OpenSSF Scorecard's result of a repository, `owner/name`; undefined: not scanned. */
  readonly scorecard: Ask<KnownScorecard | undefined | Failure>;
  /** Advisories of a version (a purl with `@version`), and all that there ever were about a package (a purl without). */
  readonly advisories: Ask<readonly Advisory[] | Failure>;
  /** What the store knows of an upstream's versions, newest first. */
  readonly releasesOf: (purl: string) => readonly Release[];
  /** Whether mail can reach a domain. */
  readonly takesMail: (domain: string) => Promise<boolean | Failure>;
  /** Who answered for an upstream at its last poll, as far as its host says. */
  readonly identityOf: (purl: string) => UpstreamIdentity | undefined;
  /** The source repository of a package, as a GitHub purl, where one is known. Who needs none does not wait for it. */
  readonly repositoryOf: (purl: string) => Promise<string | undefined>;
  readonly now: Instant;
};

/** Facts as they were collected: what they are, from where, when. They are stored, so they are plain data. */
export type Collected<Facts> = { readonly facts: Facts; readonly source: string; readonly at: Instant };

/** A question about a project. `collect` asks and has no opinion; `judge` has one and asks nothing (pure). */
export type SignalOf<Facts> = {
  readonly id: string;
  /** Its number in the list of signals: `P1`. */
  readonly number: string;
  readonly title: string;
  /** Why the answer matters, for the documentation and the trust card. */
  readonly why: string;
  readonly dimension: Dimension;
  /** Weight among the signals of its dimension. */
  readonly weight: number;
  /** False: asked only where the configuration turns it on. Default: true. */
  readonly byDefault?: boolean;
  /** True: people here said it, and nobody is asked. It is read whenever it is judged, and never kept as a fact. */
  readonly recordedHere?: boolean;
  /** Where the answer comes from, and how it becomes points, for the documentation. */
  readonly source: string;
  readonly points: string;
  /** How long collected facts hold, in milliseconds. */
  readonly expiry: number;
  readonly schema: ZodType<Facts>;
  readonly appliesTo: (purl: string) => boolean;
  /** When no versions have to be read for it: never any, or none where no repository is known. Absent: always some. */
  readonly looksAtVersions?: "never" | "with-repository";
  /**
   * Not known (no token, no repository link) is a `not-checked` failure whose message says why. `earlier`: what was
   * collected the last time.
   */
  readonly collect: (
    purl: string,
    context: ScoreContext,
    earlier?: Collected<Facts>,
  ) => Promise<Collected<Facts> | Failure>;
  readonly judge: (collected: Collected<Facts>, now: Instant) => Omit<Finding, "signal" | "observedAt">;
};

/** A signal whose facts' type is closed over: stored facts are validated before they are judged. */
export type Signal = Omit<SignalOf<unknown>, "schema" | "judge" | "collect"> & {
  readonly collect: (
    purl: string,
    context: ScoreContext,
    earlier?: Collected<unknown> | Failure,
  ) => Promise<Collected<unknown> | Failure>;
  readonly judge: (collected: Collected<unknown> | Failure, now: Instant) => Finding;
};

/** Closes over the facts' type. What was stored in another shape, or could not be asked, is judged unknown. */
export function defineSignal<Facts>(signal: SignalOf<Facts>): Signal {
  const { schema, ...rest } = signal;
  return {
    ...rest,
    collect: async (purl, context, earlier) => {
      try {
        const known = earlier === undefined || isFailure(earlier) ? undefined : schema.safeParse(earlier.facts).data;
        const last = known === undefined || earlier === undefined || isFailure(earlier) ? undefined : earlier;
        return await signal.collect(purl, context, last && { ...last, facts: known as Facts });
      } catch (error) {
        return toFailure(error, "unreadable", `${signal.title} of ${purl}`);
      }
    },
    judge: (collected, now) => {
      if (isFailure(collected)) return unknown(signal.id, collected.message, now);
      const facts = schema.safeParse(collected.facts);
      if (!facts.success)
        return unknown(signal.id, "The stored facts have another shape: they will be asked again.", now);
      const judged = signal.judge({ ...collected, facts: facts.data }, now);
      return { signal: signal.id, observedAt: collected.at, ...judged };
    },
  };
}

/** The finding of a signal that could not look, with the reason. It counts neither for nor against. */
function unknown(signal: string, reason: string, now: Instant): Finding {
  return { signal, outcome: "unknown", points: 0, reason, evidence: [], observedAt: now };
}
