import { z } from "zod";
import type { CandidateDraft } from "../../compare/compare.ts";
import { putDetails, putReleaseFacts } from "../../db/releases/record-releases.ts";
import { freshIn, type KnownFacts, lastIn, putFacts, factsOf as storedFacts } from "../../db/upstreams/facts.ts";
import type { SignatureEvidence } from "../../domain/evidence.ts";
import { HOUR, type Instant, plus } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import { mergeFacts, type ReleaseFacts } from "../../domain/release-facts.ts";
import { WINDOW } from "../../domain/release-history.ts";
import { typeOfPurl } from "../../domain/upstream.ts";
import { forEachOf } from "../../lib/concurrency/for-each-of.ts";
import { isFailure, toFailure } from "../../lib/failure.ts";
import type { EvidenceContext } from "../../lib/verify/collect/evidence-context.ts";
import { sourceOf } from "../../poll/poll.ts";
import type { FlowContext } from "../context.ts";
import { authorsOf } from "../notes/describe-releases.ts";
import type { KnownReleases } from "../plan/known-releases.ts";
import { pollContext } from "../poll/poll-upstreams.ts";
import { restAfter } from "./rest-after.ts";
import type { Share } from "./share-bound.ts";

/** Kinds of upstream that publish proofs of a form that is understood. */
const PROVABLE = ["pypi", "npm", "github", "githubactions", "docker", "oci"];
/**
 * Releases that are asked about in one plan: of GitHub at most ten requests each. What is left over is asked by the next
 * plans, and the plan says how many candidates that are.
 */
export const MOST_RELEASES = 40;
const AT_ONCE = 4;
/** When to ask again about what could not be asked, at the earliest. */
const RETRY = HOUR;

/** Drafts with what was learned of their targets. `putOff`: targets that the next plans ask about. */
type Collected = { readonly drafts: readonly CandidateDraft[]; readonly putOff: number };

/**
 * Collects and verifies the evidence of candidates, and of the releases that they are compared with, once each: it is
 * kept with the release and asked again only when the release's content changed or something could not be asked.
 */
export async function collectEvidenceOf(
  flow: FlowContext,
  drafts: readonly CandidateDraft[],
  known: KnownReleases,
  share: Share,
): Promise<Collected> {
  const readLookups = (keys: readonly string[]) => storedFacts(flow.db, keys, [LOOKUP]);
  const isResting = (lookups: KnownFacts, one: Named) => isLeftAlone(flow, lookups, one);
  const { wanted, putOff } = await wantedReleases(drafts, known, { now: flow.clock(), share, readLookups, isResting });
  if (wanted.length === 0) return { drafts, putOff };
  const context = await evidenceContext(flow);
  const lookups = await readLookups(wanted.map(keyOf));
  const learned = new Map<string, ReleaseFacts>();
  await forEachOf(await withAssets(flow, wanted), AT_ONCE, async (release) => {
    const facts = await factsOf(release, context);
    await putReleaseFacts(flow.db, release.upstream, new Map([[release.tag, facts]]), flow.clock());
    await noteLookup(flow, release, facts, lookups);
    learned.set(keyOf(release), facts);
  });
  for (const { upstream } of wanted) known.touch(upstream);
  await known.refresh();
  const proven = drafts.map((draft) => {
    const evidence = mergeFacts(draft.to.evidence, learned.get(keyOf(draft.to)));
    return evidence === undefined ? draft : { ...draft, to: { ...draft.to, evidence } };
  });
  return { drafts: proven, putOff };
}

/** Under which facts of releases it is kept that their proofs could not be asked for. */
export const LOOKUP = "proofs";

/** How often in a row the proofs of a release could not be asked for. `subject`: its upstream and tag. */
export function failedLookupsOf(known: KnownFacts, subject: string): number {
  return lookupIn(known, subject).failed;
}

/**
 * How the questions about a release's proofs went. `failed`: so many in a row could not be asked; `inVain`: so many left
 * something unknown; `nobody`: there was no token to ask with.
 */
const LOOKED = z.object({
  failed: z.number().catch(0),
  inVain: z.number().catch(0),
  nobody: z.boolean().catch(false),
});

function lookupIn(known: KnownFacts, subject: string): z.output<typeof LOOKED> {
  const last = lastIn(known, subject, LOOKUP);
  return LOOKED.parse(last === undefined || isFailure(last) ? {} : last.facts);
}

/** Was asked in vain, and is asked again later; at once where there is a token now, and was none. */
function isLeftAlone(flow: FlowContext, lookups: KnownFacts, one: Named): boolean {
  const rests = freshIn(lookups, keyOf(one), LOOKUP, flow.clock()) !== undefined;
  return rests && lookupIn(lookups, keyOf(one)).nobody === isWithoutToken(flow, one);
}

function isWithoutToken(flow: FlowContext, { upstream }: Named): boolean {
  return flow.github === undefined && upstream.startsWith("pkg:github");
}

/** Without a token nobody is asked: that is no failed look-up. */
async function noteLookup(flow: FlowContext, release: Release, facts: ReleaseFacts, known: KnownFacts): Promise<void> {
  const before = lookupIn(known, keyOf(release));
  const why = facts.unknown?.proofs === NOTHING ? undefined : facts.unknown?.proofs;
  const nobody = isWithoutToken(flow, release);
  const failed = nobody || why === undefined ? 0 : before.failed + 1;
  const inVain = isOpen(facts) ? before.inVain + 1 : 0;
  if (inVain + failed + before.inVain + before.failed === 0) return;
  const at = flow.clock();
  const collected = { facts: { failed, inVain, nobody, why }, source: release.upstream, at };
  const expiresAt = plus(at, restAfter(inVain));
  await putFacts(flow.db, { subject: keyOf(release), signal: LOOKUP, collected, expiresAt });
}

type Asking = {
  readonly now: Instant;
  readonly share: Share;
  /** Reads how the questions about releases went, and says which of them are left alone for now. Absent: none. */
  readonly readLookups?: (keys: readonly string[]) => Promise<KnownFacts>;
  readonly isResting?: (lookups: KnownFacts, one: Named) => boolean;
};

/**
 * What has to be asked, as far as the share goes; each release once. What was never asked about comes first, else what
 * cannot be told would be asked about again and again in its place; and all candidates before what they are compared with.
 */
export async function wantedReleases(
  drafts: readonly Pick<CandidateDraft, "to">[],
  known: Pick<KnownReleases, "earlier" | "complete">,
  { now, share, readLookups = async () => new Map(), isResting = () => false }: Asking,
): Promise<{ readonly wanted: Release[]; readonly putOff: number }> {
  const provable = drafts.map(({ to }) => to).filter(({ upstream }) => isProvable(upstream));
  const earlier = provable.flatMap((to) => known.earlier(to).slice(0, WINDOW.usual));
  const open = [...provable, ...earlier].filter((one) => isWanted(one, now));
  const [again, anew] = [(one: Looked) => !isNew(one), isNew];
  const lookups = await readLookups(open.filter(again).map(keyOf));
  const isDue = (one: Looked & Named) => isWanted(one, now) && (isNew(one) || !isResting(lookups, one));
  const targets = uniqueOf(provable.filter(isDue));
  const named = new Set(provable.map(keyOf));
  const others = uniqueOf(earlier.filter(isDue)).filter((one) => !named.has(keyOf(one)));
  const keys = [targets.filter(anew), others.filter(anew), targets.filter(again), others.filter(again)]
    .flat()
    .map(keyOf);
  const chosen = new Set(keys.slice(0, share.take(keys.length)));
  const isChosen = (one: Named) => chosen.has(keyOf(one));
  return {
    wanted: [...targets.filter(isChosen), ...(await known.complete(others.filter(isChosen)))],
    putOff: targets.filter((one) => isNew(one) && !isChosen(one)).length,
  };
}

type Named = Pick<Release, "upstream" | "tag">;
type Looked = Pick<Release, "evidence" | "contentFirstSeenAt">;

function uniqueOf<One extends Named>(releases: readonly One[]): One[] {
  return [...new Map(releases.map((one) => [keyOf(one), one])).values()];
}

/** Of this content nobody was asked yet. */
function isNew({ evidence, contentFirstSeenAt }: Looked): boolean {
  const at = evidence?.sources?.proofs?.fetchedAt;
  return at === undefined || at < contentFirstSeenAt;
}

/** Proofs are of a content: those from before it changed are of another one. */
export function isWanted({ evidence, contentFirstSeenAt }: Looked, now: Instant): boolean {
  const at = evidence?.sources?.proofs?.fetchedAt;
  if (at === undefined || at < contentFirstSeenAt) return true;
  return isOpen(evidence ?? {}) && plus(at, RETRY) <= now;
}

/** Something of its proofs is not known. */
function isOpen({ unknown, proofs = [] }: ReleaseFacts): boolean {
  return unknown?.proofs !== undefined || proofs.some(({ level }) => level === "unknown");
}

/** Files of earlier releases are not fetched for notes: they are what attestations and signatures are about. */
async function withAssets(flow: FlowContext, releases: readonly Release[]): Promise<Release[]> {
  const bare = releases.filter(
    ({ upstream, assets, notes }) => upstream.startsWith("pkg:github/") && assets.length === 0 && notes === undefined,
  );
  const found = new Map<string, Release>();
  for (const [upstream, those] of Map.groupBy(bare, (release) => release.upstream)) {
    const source = sourceOf(upstream);
    if (isFailure(source) || source.details === undefined) continue;
    const tags = those.map(({ tag }) => tag);
    const details = await source.details(upstream, tags, pollContext(flow));
    if (isFailure(details)) continue; // then their files are not known, and nothing is said of them
    await putDetails(flow.db, upstream, details, flow.clock());
    const authors = authorsOf(details, flow.clock());
    if (authors.size > 0) await putReleaseFacts(flow.db, upstream, authors, flow.clock());
    for (const { tag, assets } of details) {
      const release = those.find((one) => one.tag === tag);
      if (release !== undefined) found.set(keyOf(release), { ...release, assets });
    }
  }
  return releases.map((release) => found.get(keyOf(release)) ?? release);
}

/** Files may be uploaded after the version: then there is something to ask about. */
const NOTHING = "it has no file yet that could be signed.";

async function factsOf(release: Release, context: EvidenceContext): Promise<ReleaseFacts> {
  const { collectEvidence } = await import("../../lib/verify/collect-evidence.ts");
  const proofs = await collectEvidence(release, context).catch((error: unknown) =>
    toFailure(error, "unreadable", `the signatures of ${release.upstream} ${release.version}`),
  );
  const about = { kind: "signatures", locator: release.upstream, fetchedAt: context.now };
  if (isFailure(proofs)) return { sources: { proofs: about }, unknown: { proofs: proofs.message } };
  if (proofs.length === 0) return { sources: { proofs: about }, unknown: { proofs: NOTHING } };
  const why = whyUnknown(proofs);
  return { proofs, sources: { proofs: about }, ...(why !== undefined && { unknown: { proofs: why } }) };
}

/** Why nothing is known, where nothing is. */
function whyUnknown(proofs: readonly SignatureEvidence[]): string | undefined {
  return proofs.every(({ level }) => level === "unknown") ? proofs[0]?.detail : undefined;
}

/** Loads what verification needs only when something is to be verified. */
async function evidenceContext(flow: FlowContext): Promise<EvidenceContext> {
  const { loadTrustRoots } = await import("../../lib/verify/sigstore/trust-roots.ts");
  const { fetcher, github, registry, urls } = flow;
  const roots = loadTrustRoots(flow.trust.directory);
  return { fetcher, github, registry, urls, roots, keysOf: flow.trust.keysOf, now: flow.clock() };
}

function isProvable(upstream: string): boolean {
  return PROVABLE.includes(typeOfPurl(upstream));
}

function keyOf({ upstream, tag }: Named): string {
  return `${upstream} ${tag}`;
}
