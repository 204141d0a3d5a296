import { type ZodType, z } from "zod";
import type { Instant } from "../domain/instant.ts";
import type { Release } from "../domain/release.ts";
import type { Advisory, Dimension, Evidence, Finding, Vouch } from "../domain/trust.ts";
import { parsePurl, type UpstreamIdentity } from "../domain/upstream.ts";
import type { Ask } from "../lib/coalesce.ts";
import { type DepsDev, packageVersionOf } from "../lib/facts/deps-dev.ts";
import type { RepositoryFacts } from "../lib/facts/repository-facts.ts";
import type { KnownScorecard } from "../lib/facts/scorecard.ts";
import { Failure, isFailure, toFailure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { GitHubReader } from "../lib/github/reader.ts";
import { isPrivatePackage, type ServiceUrls } from "../lib/http/urls.ts";
import type { Registry } from "../lib/registry/client.ts";
import { imageOfPurl, isOfficial, isOwnNamespace } from "../lib/registry/image-source.ts";

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
  /** The source repository of a package, as a GitHub purl, where one is known. */
  readonly repositoryOf: (purl: string) => string | undefined;
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

/** A GitHub repository's facts, with how it is known to be the upstream's. */
export type AskedRepository = {
  readonly repository: RepositoryFacts;
  /** True when only the package itself says that this is its source: neither the repository nor provenance names it back. */
  readonly claimed: boolean;
  readonly url: string;
};

/** One for all: it is said of every image that names no source, by every signal about repositories. */
const NO_REPOSITORY = new Failure("not-checked", "No source repository on GitHub is known.");

/** Asks GitHub about an upstream's repository: its own, or the one that the package names. Equal questions cost one request. */
export async function askRepository(purl: string, context: ScoreContext): Promise<AskedRepository | Failure> {
  const named = sourceRepository(purl, context);
  if (named === undefined) return NO_REPOSITORY;
  if (context.github === undefined) {
    return new Failure("not-checked", "No GitHub token: repositories are not looked at.");
  }
  const repository = await context.github.facts(named.owner, named.name);
  if (isFailure(repository)) return repository;
  const claimed = !isRepository(purl) && !(await isVerified(purl, repository, context));
  return { repository, claimed, url: `${context.urls.github.web}/${repository.nameWithOwner}` };
}

/** What of a repository's facts a signal keeps, beside the repository itself. */
export async function collectFromRepository<Kept extends object>(
  purl: string,
  context: ScoreContext,
  keep: (repository: RepositoryFacts) => Kept | Failure,
): Promise<Collected<{ repository: string; claimed: boolean } & Kept> | Failure> {
  const asked = await askRepository(purl, context);
  if (isFailure(asked)) return asked;
  const kept = keep(asked.repository);
  if (isFailure(kept)) return kept;
  const facts = { repository: asked.repository.nameWithOwner, claimed: asked.claimed, ...kept };
  return { facts, source: asked.url, at: context.now };
}

/** The repository on GitHub that an upstream is, or that its package names; undefined when none is known. */
function sourceRepository(
  purl: string,
  context: ScoreContext,
): { readonly owner: string; readonly name: string } | undefined {
  const source = parsePurl(isRepository(purl) ? purl : (context.repositoryOf(purl) ?? ""));
  if (source === undefined || !["github", "githubactions"].includes(source.type)) return undefined;
  const [owner = "", name = source.name] = [...source.namespace.split("/"), source.name].filter((part) => part !== "");
  return { owner, name };
}

/** A Scorecard result as signals keep it: some checks, 0 to 10. */
export const scorecardFacts = z.object({
  repository: z.string(),
  claimed: z.boolean(),
  date: z.string(),
  checks: z.record(z.string(), z.number()),
});

/** Some checks of the Scorecard of an upstream's repository. */
export async function askScorecard(
  purl: string,
  context: ScoreContext,
  wanted: readonly string[],
): Promise<Collected<z.infer<typeof scorecardFacts>> | Failure> {
  const named = sourceRepository(purl, context);
  if (named === undefined) return NO_REPOSITORY;
  const repository = `${named.owner}/${named.name}`;
  const [found, asked] = await Promise.all([context.scorecard(repository), askRepository(purl, context)]);
  if (found === undefined) return new Failure("not-found", `Scorecard does not scan ${repository}.`);
  if (isFailure(found)) return found;
  const checks = Object.fromEntries(Object.entries(found.result.checks).filter(([name]) => wanted.includes(name)));
  const claimed = isFailure(asked) || asked.claimed;
  return { facts: { repository, claimed, date: found.result.date, checks }, source: found.source, at: context.now };
}

/** True for upstreams that are GitHub repositories themselves. */
function isRepository(purl: string): boolean {
  return purl.startsWith("pkg:github/") || purl.startsWith("pkg:githubactions/");
}

/**
 * The repository names the package back in its own files, or provenance that deps.dev verified names the repository. An
 * image: Docker's library reviews where its recipe is, and nobody else can push into an owner's part of GitHub's registry.
 */
async function isVerified(purl: string, repository: RepositoryFacts, context: ScoreContext): Promise<boolean> {
  const image = imageOfPurl(purl);
  if (image !== undefined)
    return isOfficial(image) || isOwnNamespace(image, repository.nameWithOwner.split("/")[0] ?? "");
  const parts = parsePurl(purl);
  if (parts === undefined || privacyOf(purl, context) !== undefined) return false;
  const path = parts.namespace === "" ? parts.name : `${parts.namespace}/${parts.name}`;
  const full = repository.nameWithOwner.toLowerCase();
  // a module proxy takes a module from the place that its path names (https://go.dev/ref/mod#vcs-find)
  if (parts.type === "golang" && `${path.toLowerCase()}/`.startsWith(`github.com/${full}/`)) return true;
  if (repository.packages.includes(`${parts.type}:${path}`)) return true;
  const [newest] = context.releasesOf(purl);
  const version = newest && packageVersionOf(parts.type, path, newest.version);
  const known = version && (await context.depsDev.version(version));
  return known !== undefined && !isFailure(known) && known.repository === `github.com/${full}`;
}

/** Why no service outside is asked about a package: it is on an index of one's own. Undefined: it is public. */
export function privacyOf(purl: string, { urls }: ScoreContext): Failure | undefined {
  const elsewhere = parsePurl(purl)?.qualifiers.repository_url !== undefined;
  if (!elsewhere && !isPrivatePackage(purl, urls)) return undefined;
  return new Failure("not-checked", "It is private: no service outside is asked about it.");
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

/** `1 commit`, `2 commits`; `many` where an s is not enough. */
export function count(number: number, noun: string, many = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : many}`;
}

/** Points 0..1 on a logarithmic scale that is full at `full`: R. Pike's formula of criticality scores. */
export function scaled(value: number, full: number): number {
  return Math.log1p(Math.max(0, value)) / Math.log1p(Math.max(value, full));
}

/** `good` from half of the points on. */
export function outcomeOf(points: number): "good" | "bad" {
  return points >= 0.5 ? "good" : "bad";
}
