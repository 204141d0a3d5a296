import type { CandidateDraft } from "../compare/compare.ts";
import { type KnownFacts, lastIn, putFacts, factsOf as storedFacts } from "../db/facts.ts";
import { putDetails, putReleaseFacts } from "../db/releases.ts";
import type { SignatureEvidence } from "../domain/evidence.ts";
import { HOUR, type Instant, plus } from "../domain/instant.ts";
import type { Release } from "../domain/release.ts";
import { mergeFacts, type ReleaseFacts } from "../domain/release-facts.ts";
import { earlierThan, WINDOW } from "../domain/release-history.ts";
import { parsePurl } from "../domain/upstream.ts";
import { isFailure, toFailure } from "../lib/failure.ts";
import { forEachOf } from "../lib/for-each-of.ts";
import type { EvidenceContext } from "../lib/verify/evidence-context.ts";
import { sourceOf } from "../poll/poll.ts";
import type { FlowContext } from "./context.ts";
import { authorsOf } from "./describe-releases.ts";
import type { KnownReleases } from "./known-releases.ts";
import { pollContext } from "./poll-upstreams.ts";

/** Kinds of upstream that publish proofs of a form that is understood. */
const PROVABLE = ["pypi", "npm", "github", "githubactions", "docker", "oci"];
/**
 * Releases that are asked about in one plan, candidates first: of GitHub at most ten requests each. What is left over is
 * asked by the next plans, long before the shortest wait is over.
 */
export const MOST_RELEASES = 40;
const AT_ONCE = 4;
/** When to ask again about what could not be asked. */
const RETRY = HOUR;

/**
 * Collects and verifies the evidence of candidates, and of the releases that they are compared with, once each: it is
 * kept with the release and asked again only when the release's content changed or something could not be asked.
 */
export async function collectEvidenceOf(
  flow: FlowContext,
  drafts: readonly CandidateDraft[],
  known: KnownReleases,
  most: number,
): Promise<readonly CandidateDraft[]> {
  const wanted = await wantedReleases(drafts, known, { now: flow.clock(), most });
  if (wanted.length === 0) return drafts;
  const context = await evidenceContext(flow);
  const lookups = await storedFacts(flow.db, wanted.map(keyOf));
  const learned = new Map<string, ReleaseFacts>();
  await forEachOf(await withAssets(flow, wanted), AT_ONCE, async (release) => {
    const facts = await factsOf(release, context);
    if (facts === undefined) return;
    await putReleaseFacts(flow.db, release.upstream, new Map([[release.tag, facts]]), flow.clock());
    await noteLookup(flow, release, facts, failedLookupsOf(lookups, keyOf(release)));
    learned.set(keyOf(release), facts);
  });
  for (const { upstream } of wanted) known.touch(upstream);
  await known.refresh();
  return drafts.map((draft) => {
    const evidence = mergeFacts(draft.to.evidence, learned.get(keyOf(draft.to)));
    return evidence === undefined ? draft : { ...draft, to: { ...draft.to, evidence } };
  });
}

const LOOKUP = "proofs";

/** How often in a row the proofs of a release could not be asked for. `subject`: its upstream and tag. */
export function failedLookupsOf(known: KnownFacts, subject: string): number {
  const last = lastIn(known, subject, LOOKUP);
  const failed = last === undefined || isFailure(last) ? undefined : (last.facts as { failed?: unknown }).failed;
  return typeof failed === "number" ? failed : 0;
}

/** Without a token nobody is asked: that is no failed look-up. */
async function noteLookup(flow: FlowContext, release: Release, facts: ReleaseFacts, before: number): Promise<void> {
  const why = facts.unknown?.proofs;
  const nobody = flow.github === undefined && release.upstream.startsWith("pkg:github");
  if (nobody || (why === undefined && before === 0)) return;
  const at = flow.clock();
  const noted = { failed: why === undefined ? 0 : before + 1, why };
  await putFacts(flow.db, keyOf(release), LOOKUP, { facts: noted, source: release.upstream, at }, plus(at, RETRY));
}

/** What has to be asked: all candidates, then what they are compared with; each release once. */
async function wantedReleases(
  drafts: readonly CandidateDraft[],
  known: KnownReleases,
  { now, most }: { readonly now: Instant; readonly most: number },
): Promise<Release[]> {
  const provable = drafts.map(({ to }) => to).filter(({ upstream }) => isProvable(upstream));
  const wanted = new Map(provable.filter((to) => isWanted(to, now)).map((to) => [keyOf(to), to]));
  const earlier = provable.flatMap((to) => earlierThan(to, known.of(to.upstream)).slice(0, WINDOW.usual));
  const others = new Map(earlier.filter((one) => isWanted(one, now)).map((one) => [keyOf(one), one]));
  for (const key of wanted.keys()) others.delete(key);
  const first = [...wanted.values()].slice(0, most);
  return [...first, ...(await known.complete([...others.values()].slice(0, most - first.length)))];
}

/** Proofs are of a content: those from before it changed are of another one. */
export function isWanted(
  { evidence, contentFirstSeenAt }: Pick<Release, "evidence" | "contentFirstSeenAt">,
  now: Instant,
): boolean {
  const at = evidence?.sources?.proofs?.fetchedAt;
  if (at === undefined || at < contentFirstSeenAt) return true;
  const open = evidence?.unknown?.proofs !== undefined || evidence?.proofs?.some(({ level }) => level === "unknown");
  return open === true && plus(at, RETRY) <= now;
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

async function factsOf(release: Release, context: EvidenceContext): Promise<ReleaseFacts | undefined> {
  const { collectEvidence } = await import("../lib/verify/collect-evidence.ts");
  const proofs = await collectEvidence(release, context).catch((error: unknown) =>
    toFailure(error, "unreadable", `the signatures of ${release.upstream} ${release.version}`),
  );
  const about = { kind: "signatures", locator: release.upstream, fetchedAt: context.now };
  if (isFailure(proofs)) return { sources: { proofs: about }, unknown: { proofs: proofs.message } };
  if (proofs.length === 0) return undefined;
  const why = whyUnknown(proofs);
  return { proofs, sources: { proofs: about }, ...(why !== undefined && { unknown: { proofs: why } }) };
}

/** Why nothing is known, where nothing is. */
function whyUnknown(proofs: readonly SignatureEvidence[]): string | undefined {
  return proofs.every(({ level }) => level === "unknown") ? proofs[0]?.detail : undefined;
}

/** Loads what verification needs only when something is to be verified. */
async function evidenceContext(flow: FlowContext): Promise<EvidenceContext> {
  const { loadTrustRoots } = await import("../lib/verify/trust-roots.ts");
  const { fetcher, github, registry, urls } = flow;
  const roots = loadTrustRoots(flow.trust.directory);
  return { fetcher, github, registry, urls, roots, keysOf: flow.trust.keysOf, now: flow.clock() };
}

function isProvable(upstream: string): boolean {
  return PROVABLE.includes(parsePurl(upstream)?.type ?? "");
}

function keyOf({ upstream, tag }: Pick<Release, "upstream" | "tag">): string {
  return `${upstream} ${tag}`;
}
