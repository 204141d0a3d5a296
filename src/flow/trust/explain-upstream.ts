import { candidatesOfUpstream } from "../../db/decisions/candidates.ts";
import type { StoredCandidate } from "../../db/decisions/stored-candidate.ts";
import { updateTrust } from "../../db/projects/components.ts";
import { releasesOf } from "../../db/releases/releases.ts";
import { factsOf, type KnownFacts, lastIn } from "../../db/upstreams/facts.ts";
import { upstreamState } from "../../db/upstreams/upstreams.ts";
import { OPEN_STATES } from "../../domain/candidate-state.ts";
import type { Instant } from "../../domain/instant.ts";
import { outlineOf } from "../../domain/integrity/content-history.ts";
import { contentOf, type Release } from "../../domain/release.ts";
import { type CheckResult, type Finding, NOT_ASKED, type TrustScore } from "../../domain/trust.ts";
import { upstreamLabel, versioned } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { runChecks, scoreProject } from "../../score/score.ts";
import type { Signal } from "../../score/signal.ts";
import { enabledSignals } from "../../score/signals.ts";
import type { FlowContext } from "../context.ts";
import { findUpstream } from "../find-upstream.ts";
import { scoreContext } from "./score-context.ts";
import { scoreUpstream } from "./score-upstream.ts";

/** Everything the store knows of an upstream's trust and of one of its versions. Plain data. */
export type Explanation = {
  readonly upstream: string;
  readonly at: Instant;
  readonly score: TrustScore;
  /** What each signal weighs among those of its heading. */
  readonly weights: Readonly<Record<string, number>>;
  readonly release?: ExplainedRelease;
  /** Moves to its versions that were ever looked at, the latest first: at most ten. */
  readonly candidates: readonly Pick<StoredCandidate, "id" | "project" | "from" | "to" | "state">[];
  /** What could not be looked at when the upstream was asked, and why. */
  readonly unknown: readonly string[];
  readonly lastPolledAt?: Instant;
};

/** One version with its checks. `checkedAt`: when they were made; absent: now, from what is stored. */
export type ExplainedRelease = Pick<
  Release,
  "version" | "tag" | "state" | "publishedAt" | "publishedBy" | "firstSeenAt" | "contentFirstSeenAt" | "baseline"
> & {
  readonly content: Readonly<Record<string, string>>;
  readonly checks: readonly CheckResult[];
  readonly checkedAt?: Instant;
};

/**
 * Explains an upstream (a purl, or its short name where that is clear) and one of its versions: the one after `@`, else
 * the newest known. Asks nobody, so that the answer is what decisions were made from; `ask` asks first what is
 * not known or no longer fresh.
 */
export async function explainUpstream(
  flow: FlowContext,
  given: { readonly upstream: string; readonly ask?: boolean | undefined },
): Promise<Explanation | Failure> {
  const named = await findUpstream(flow, given.upstream);
  if (isFailure(named)) return named;
  const { purl, version } = named;
  const releases = await releasesOf(flow.db, purl);
  const candidates = await candidatesOfUpstream(flow.db, purl);
  const open = candidates.find((one) => OPEN_STATES.includes(one.state));
  const release =
    version === undefined
      ? newestOf(releases, open?.snapshot.candidate.to.tag)
      : releases.find((one) => isCalled(one, version));
  if (version !== undefined && release === undefined) return unknownVersion(purl, version, releases);
  const ask = given.ask === true;
  const state = await upstreamState(flow.db, purl);
  const failure = state?.failure === undefined ? [] : [`It could not be asked: ${state.failure.message}`];
  const polled = state?.lastSuccessAt;
  const never = polled === undefined && failure.length === 0 ? ["It was not asked yet: `headgate plan` asks."] : [];
  return {
    upstream: purl,
    at: flow.clock(),
    score: ask ? await askForScore(flow, purl) : await knownScore(flow, purl),
    weights: Object.fromEntries(enabledSignals(flow.policy).map(({ id, weight }) => [id, weight])),
    ...(release !== undefined && { release: await explainRelease(flow, release, releases, ask) }),
    candidates: candidates.slice(0, 10).map(({ id, project, from, to, state }) => ({ id, project, from, to, state })),
    unknown: [...failure, ...never, ...(state?.notChecked ?? [])],
    ...(polled !== undefined && { lastPolledAt: polled }),
  };
}

async function askForScore(flow: FlowContext, purl: string): Promise<TrustScore> {
  const score = await scoreUpstream(flow, purl);
  await updateTrust(flow.db, purl, score);
  return score;
}

/** The score from what the store knows; nobody is asked. Facts that are older than they should be still count: their age is shown. */
export async function knownScore(flow: FlowContext, purl: string): Promise<TrustScore> {
  const applying = enabledSignals(flow.policy).filter((signal) => signal.appliesTo(purl));
  const judged = (await candidatesOfUpstream(flow.db, purl)).flatMap(({ snapshot }) => snapshot.card.score ?? []);
  const earlier = judged[0]?.findings ?? [];
  const facts = await factsOf(flow.db, [purl]);
  const findings = await Promise.all(applying.map((signal) => knownFinding(flow, signal, purl, { facts, earlier })));
  return scoreProject(findings, flow.policy.weights);
}

/** From stored facts; without them, what was said when a decision was made: why the signal could not be asked then. */
async function knownFinding(
  flow: FlowContext,
  signal: Signal,
  purl: string,
  { facts, earlier }: { readonly facts: KnownFacts; readonly earlier: readonly Finding[] },
): Promise<Finding> {
  const now = flow.clock();
  const known =
    signal.recordedHere === true
      ? await signal.collect(purl, await scoreContext(flow))
      : lastIn(facts, purl, signal.id);
  if (known !== undefined) return signal.judge(known, now);
  const said = earlier.find((finding) => finding.signal === signal.id);
  return said ?? signal.judge(new Failure("not-checked", NOT_ASKED), now);
}

async function explainRelease(
  flow: FlowContext,
  release: Release,
  all: readonly Release[],
  ask: boolean,
): Promise<ExplainedRelease> {
  const { version, tag, state, publishedAt, publishedBy, firstSeenAt, contentFirstSeenAt, baseline } = release;
  const candidates = ask ? [] : await candidatesOfUpstream(flow.db, release.upstream);
  const decided = candidates.find((one) => isAbout(one, release));
  return {
    ...{ version, tag, state, publishedBy, firstSeenAt, contentFirstSeenAt, baseline, content: contentOf(release) },
    ...(publishedAt !== undefined && { publishedAt }),
    checks: decided?.snapshot.card.checks ?? (await checksOf(flow, release, all, ask)),
    ...(decided !== undefined && { checkedAt: decided.updatedAt }),
  };
}

/** The checks made for a decision about exactly this content count; older ones may be about another content. */
function isAbout({ snapshot, updatedAt }: StoredCandidate, release: Release): boolean {
  return snapshot.candidate.to.tag === release.tag && updatedAt >= release.contentFirstSeenAt;
}

async function checksOf(
  flow: FlowContext,
  release: Release,
  all: readonly Release[],
  ask: boolean,
): Promise<CheckResult[]> {
  const history = all.filter((other) => other.tag !== release.tag).map(outlineOf);
  const purl = versioned(release.upstream, release.version);
  const advisories = ask ? (await flow.osv.query([purl])).get(purl) : undefined;
  return runChecks(release, history, { advisories: advisories ?? UNASKED, switches: flow.policy.checks }, flow.clock());
}

const UNASKED = new Failure("not-checked", "nobody was asked, because this version was no candidate yet: add --ask");

/** What a candidate leads to; else the newest, a released one before those that nobody should take. */
function newestOf(releases: readonly Release[], wanted: string | undefined): Release | undefined {
  const next = releases.find((release) => release.tag === wanted);
  return next ?? releases.find((release) => release.state === "released") ?? releases[0];
}

function isCalled({ version, tag }: Release, name: string): boolean {
  return version === name || tag === name || tag === `v${name}`;
}

function unknownVersion(purl: string, version: string, releases: readonly Release[]): Failure {
  const newest = releases.slice(0, 5).map((release) => release.version);
  const known = newest.length === 0 ? "none is known yet" : `the newest known ones are ${newest.join(", ")}`;
  return new Failure("misconfigured", `${upstreamLabel(purl)} has no known version ${version}; ${known}.`);
}
