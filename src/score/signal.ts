import type { ZodType } from "zod";
import type { Instant } from "../domain/instant.ts";
import type { Dimension, Finding, Vouch } from "../domain/trust.ts";
import type { Failure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { GitHubReader } from "../lib/github-reader.ts";
import type { ServiceUrls } from "../lib/urls.ts";

/** What signals may ask. Ten signals that ask for one repository cost one request. */
export type ScoreContext = {
  readonly fetcher: Fetcher;
  readonly github: GitHubReader | undefined;
  readonly urls: ServiceUrls;
  readonly vouches: readonly Vouch[];
  /** The source repository of a package, as a GitHub purl, where one is known. */
  readonly repositoryOf: (purl: string) => string | undefined;
  readonly now: Instant;
};

/** Facts as they were collected: what they are, from where, when. They are stored, so they are plain data. */
export type Collected<Facts> = { readonly facts: Facts; readonly source: string; readonly at: Instant };

/** A question about a project. `collect` asks and has no opinion; `judge` has one and asks nothing (pure). */
export type SignalOf<Facts> = {
  readonly id: string;
  readonly title: string;
  /** Why the answer matters, for the documentation and the trust card. */
  readonly why: string;
  readonly dimension: Dimension;
  /** Weight among the signals of its dimension. */
  readonly weight: number;
  /** How long collected facts hold, in milliseconds. */
  readonly expiry: number;
  readonly schema: ZodType<Facts>;
  readonly appliesTo: (purl: string) => boolean;
  /** Not known (no token, no repository link) is a `not-checked` failure whose message says why. */
  readonly collect: (purl: string, context: ScoreContext) => Promise<Collected<Facts> | Failure>;
  readonly judge: (collected: Collected<Facts>, now: Instant) => Omit<Finding, "signal" | "observedAt">;
};

/** A signal whose facts' type is closed over: stored facts are validated before they are judged. */
export type Signal = Omit<SignalOf<unknown>, "schema" | "judge"> & {
  readonly judge: (collected: Collected<unknown> | Failure, now: Instant) => Finding;
};
