import type { Instant } from "../domain/instant.ts";
import type { Release, ReleaseOutline } from "../domain/release.ts";
import type { ReleaseFacts } from "../domain/release-facts.ts";
import type { Known } from "../domain/release-history.ts";
import type { Advisory, CheckBasis, CheckResult, Evidence } from "../domain/trust.ts";
import type { UpstreamIdentity } from "../domain/upstream.ts";
import type { Failure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { GitRemote } from "../lib/git/remote.ts";
import type { GitHub } from "../lib/github/client.ts";
import type { ServiceUrls } from "../lib/http/urls.ts";
import type { Registry } from "../lib/registry/client.ts";

/** A question about one release, compared with the same project's earlier ones. `judge` is pure. */
export type Check = {
  readonly id: string;
  /** Its number in the list of rules: `R4`. */
  readonly rule: string;
  readonly title: string;
  readonly why: string;
  readonly basis: CheckBasis;
  /** How often releases that nothing is wrong with give a result against them, where it was measured. */
  readonly baseRate?: string;
  readonly appliesTo: (release: Release) => boolean;
  readonly collect?: Collector;
  readonly judge: (input: CheckInput, now: Instant) => Judgement;
};

/** What collecting may ask. Equal questions of one plan cost one request where the client shares them. */
export type CheckContext = {
  readonly fetcher: Fetcher;
  /** Absent without a credential. */
  readonly github: Pick<GitHub, "rest"> | undefined;
  readonly git: GitRemote;
  readonly registry: Pick<Registry, "digest">;
  readonly urls: ServiceUrls;
  /** The source repository of the upstream, as a GitHub purl, where one is known. */
  readonly repository: string | undefined;
  /** Who answered for the upstream at its last poll, where its host names a repository and an owner. */
  readonly identity: UpstreamIdentity | undefined;
  readonly now: Instant;
};

/** The release, the `window` releases before it, and those of all these of which the part is not known yet, the release first. */
export type Asked = {
  readonly release: Release;
  readonly earlier: readonly Release[];
  readonly open: readonly Release[];
};

/**
 * Asks for one part of the facts of the open releases. Gives back what was learned, by tag: it is kept with the
 * releases. A `not-checked` failure says why nobody can be asked.
 */
export type Collector = {
  readonly part: keyof ReleaseFacts;
  readonly window: number;
  readonly ask: (asked: Asked, context: CheckContext) => Promise<ReadonlyMap<string, ReleaseFacts> | Failure>;
};

/** What a check judges by. */
export type CheckInput = {
  readonly release: Release;
  /** The other known releases of the upstream, newest first. */
  readonly history: readonly ReleaseOutline[];
  /** Those of `history` that say what is usual: older, settled, not taken back, newest first. */
  readonly earlier: readonly ReleaseOutline[];
  /** A failure where nobody could be asked: then nothing is known, which is not "none". */
  readonly advisories: readonly Advisory[] | Failure;
};

/** What a check says; who it is and how it is known is added when it is stored. */
export type Judgement = Omit<CheckResult, "check" | "rule" | "basis" | "firstSeenAt" | "baseRate" | "failedLookups">;

/** Nothing against the release. */
export function passed(summary: string): Judgement {
  return { outcome: "pass", summary, evidence: [] };
}

/** No verdict, with the reason: it is read after "Not checked:". */
export function notChecked(why: string): Judgement {
  return { outcome: "not-checked", summary: why, evidence: [] };
}

/** Why a part of the facts is not known: what the collector said, else the given words. */
export function unknownPart(release: Release, part: string, otherwise: string): Judgement {
  return notChecked(release.evidence?.unknown?.[part] ?? otherwise);
}

/** Something that differs from what the project's own history lets expect. */
export type Difference = {
  readonly outcome: "pass" | "warn" | "hold" | "block";
  /** One sentence. Says *changed* or *missing*. */
  readonly summary: string;
  /** The part of the facts it is about: its source is the evidence's. */
  readonly part: string;
  readonly observed: string;
  readonly expected?: string;
  readonly compared?: readonly Known<unknown>[];
};

/** The differences of one release as a judgement: the strictest outcome, all sentences, each with its evidence. */
export function judged(release: Release, differences: readonly [Difference, ...Difference[]], now: Instant): Judgement {
  const order = ["block", "hold", "warn", "pass"] as const;
  const [first, ...others] = differences.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const strictest = first ?? differences[0];
  const compared = [...new Set(differences.flatMap((one) => (one.compared ?? []).map(({ version }) => version)))];
  return {
    outcome: strictest.outcome,
    summary: [strictest, ...others].map(({ summary }) => summary).join(" "),
    evidence: [strictest, ...others].map((one) => evidenceOfPart(release, one, now)),
    ...(compared.length > 0 && { comparedVersions: compared }),
  };
}

function evidenceOfPart(release: Release, { part, observed, expected }: Difference, now: Instant): Evidence {
  const source = release.evidence?.sources?.[part];
  return {
    kind: source?.kind ?? part,
    source: source?.locator ?? release.upstream,
    observedAt: source?.fetchedAt ?? now,
    observed,
    ...(expected !== undefined && { expected }),
    ...(source?.etag !== undefined && { etag: source.etag }),
    ...(source?.status !== undefined && { status: source.status }),
  };
}

/** `5 of the last 5 releases`. */
export function ofTheLast(those: readonly unknown[], known: readonly unknown[]): string {
  return known.length === 1 ? "the last release" : `${those.length} of the last ${known.length} releases`;
}
