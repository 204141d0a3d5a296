import type { ZodType } from "zod";
import type { Instant } from "../domain/instant.ts";
import type { Dimension, Evidence, Finding, Vouch } from "../domain/trust.ts";
import { parsePurl } from "../domain/upstream.ts";
import { Failure, isFailure, toFailure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { GitHubReader, RepositoryFacts } from "../lib/github-reader.ts";
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

/** Closes over the facts' type. What was stored in another shape, or could not be asked, is judged unknown. */
export function defineSignal<Facts>(signal: SignalOf<Facts>): Signal {
  const { schema, ...rest } = signal;
  return {
    ...rest,
    collect: async (purl, context) => {
      try {
        return await signal.collect(purl, context);
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

/** A GitHub repository's facts, with how it is known to be the upstream's. */
export type AskedRepository = {
  readonly repository: RepositoryFacts;
  /** True when only the package itself says that this is its source. */
  readonly claimed: boolean;
  readonly url: string;
};

/** Asks GitHub about an upstream's repository: its own, or the one that the package names. Equal questions cost one request. */
export async function askRepository(purl: string, context: ScoreContext): Promise<AskedRepository | Failure> {
  const own = isRepository(purl);
  const source = parsePurl(own ? purl : (context.repositoryOf(purl) ?? ""));
  if (source === undefined || !["github", "githubactions"].includes(source.type)) {
    return new Failure("not-checked", "No source repository on GitHub is known.");
  }
  if (context.github === undefined) {
    return new Failure("not-checked", "No GitHub token: repositories are not looked at.");
  }
  const [owner = "", name = source.name] = [...source.namespace.split("/"), source.name].filter((part) => part !== "");
  const repository = await context.github.facts(owner, name);
  if (isFailure(repository)) return repository;
  return { repository, claimed: !own, url: `${context.urls.github.web}/${repository.nameWithOwner}` };
}

/** True for upstreams that are GitHub repositories themselves. */
function isRepository(purl: string): boolean {
  return purl.startsWith("pkg:github/") || purl.startsWith("pkg:githubactions/");
}

/** One fact of a judgement, as evidence. */
export function evidenceOf(collected: Collected<unknown>, kind: string, observed: string, expected?: string): Evidence {
  return {
    kind,
    source: collected.source,
    observedAt: collected.at,
    observed,
    ...(expected !== undefined && { expected }),
  };
}

/** Says whose repository was looked at, where only the package itself names it. */
export function claimNote(claimed: boolean, repository: string): string {
  return claimed ? ` (of ${repository}, which the package claims as its source)` : "";
}

/** `1 commit`, `2 commits`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
