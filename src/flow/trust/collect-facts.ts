import type { CandidateDraft } from "../../compare/compare.ts";
import { putReleaseFacts } from "../../db/releases/record-releases.ts";
import { type FactsRow, factsOf, type KnownFacts, lastIn, putAllFacts } from "../../db/upstreams/facts.ts";
import { identitiesOf } from "../../db/upstreams/upstreams.ts";
import { between, DAY, HOUR, type Instant, latest, plus } from "../../domain/instant.ts";
import type { Release, ReleaseOutline } from "../../domain/release.ts";
import { mergeFacts, type ReleaseFacts } from "../../domain/release-facts.ts";
import { bornAt } from "../../domain/release-history.ts";
import type { UpstreamIdentity } from "../../domain/upstream.ts";
import { forEachOf } from "../../lib/concurrency/for-each-of.ts";
import { type Failure, isFailure, toFailure } from "../../lib/failure.ts";
import type { Asked, Check, CheckContext, Collector } from "../../score/check.ts";
import { CHECKS } from "../../score/checks.ts";
import type { FlowContext } from "../context.ts";
import type { KnownReleases } from "../plan/known-releases.ts";
import { failedLookupsOf, LOOKUP } from "./collect-evidence.ts";
import { repositoriesOf, SOURCE_REPOSITORY } from "./repository-of.ts";
import { restAfter } from "./rest-after.ts";

/** Candidates that are asked about at a time. */
const AT_ONCE = 4;
/** When to ask again: after a first failure, for a tag that may follow its package within a day, and for a wrong checksum. */
const RETRY = HOUR;
const FOLLOWS = DAY;

/** A draft with what its release's checks want to know, and how often in a row each of them could not be asked. */
export type Collected = {
  readonly draft: CandidateDraft;
  readonly failedLookups: Readonly<Record<string, number>>;
};

/**
 * Asks what the checks of each candidate want to know, of it and of the releases that it is compared with, once each:
 * what was learned is kept with the release. What could not be asked is tried again, and counted.
 */
export async function collectFactsOf(
  flow: FlowContext,
  drafts: readonly CandidateDraft[],
  known: KnownReleases,
): Promise<Collected[]> {
  const asked = drafts.filter((draft) => collectingOf(draft).length > 0);
  const before = await readBefore(flow, asked);
  const earlier = new Map(asked.map((draft) => [draft, known.earlier(draft.to)] as const));
  const compared = [...earlier].flatMap(([draft, those]) => comparedWith(draft, those, before.lookups, flow.clock()));
  await known.complete(compared); // in one question
  const collected = new Map<CandidateDraft, Collected>();
  const notes: FactsRow[] = [];
  await forEachOf([...earlier], AT_ONCE, async ([draft, those]) => {
    collected.set(draft, await collectOne(flow, draft, those, { known, before, notes }));
  });
  await putAllFacts(flow.db, notes);
  await known.refresh();
  return drafts.map((draft) => collected.get(draft) ?? { draft, failedLookups: {} });
}

/** The checks that ask for something. */
export const COLLECTING = CHECKS.flatMap((check): Collecting[] =>
  check.collect === undefined ? [] : [{ ...check, collect: check.collect }],
);

function collectingOf({ to }: CandidateDraft): Collecting[] {
  return COLLECTING.filter((check) => check.appliesTo(to));
}

/** What is stored about drafts and their upstreams, and who these are. */
type Before = {
  readonly lookups: KnownFacts;
  readonly repositories: ReadonlyMap<string, string>;
  readonly identities: ReadonlyMap<string, UpstreamIdentity>;
};

async function readBefore(flow: FlowContext, drafts: readonly CandidateDraft[]): Promise<Before> {
  const purls = [...new Set(drafts.map(({ to }) => to.upstream))];
  const subjects = [...drafts.map(({ to }) => subjectOf(to)), ...purls];
  const lookups = await factsOf(flow.db, subjects, [...CHECKS.map(({ id }) => id), LOOKUP, SOURCE_REPOSITORY]);
  const repositories = await repositoriesOf(flow, purls, lookups);
  return { lookups, repositories, identities: await identitiesOf(flow.db, purls) };
}

/** The earlier releases that the checks of a draft will ask about. */
function comparedWith(
  draft: CandidateDraft,
  earlier: readonly ReleaseOutline[],
  lookups: KnownFacts,
  now: Instant,
): readonly ReleaseOutline[] {
  return collectingOf(draft).flatMap((check) => {
    const before = readLookup(lastIn(lookups, subjectOf(draft.to), check.id));
    const due = dueOf(check.collect, { release: draft.to, earlier, before }, now);
    return due === undefined ? [] : due.compared;
  });
}

/** What all drafts share; `notes`: what could not be asked, kept together in the end. */
type Shared = { readonly known: KnownReleases; readonly before: Before; readonly notes: FactsRow[] };

async function collectOne(
  flow: FlowContext,
  draft: CandidateDraft,
  earlier: readonly ReleaseOutline[],
  shared: Shared,
): Promise<Collected> {
  const { known, notes } = shared;
  const { lookups, repositories, identities } = shared.before;
  const { upstream } = draft.to;
  const subject = subjectOf(draft.to);
  const { fetcher, github, git, registry, urls } = flow;
  const client = { fetcher, github, git, registry, urls, now: flow.clock() };
  const context = { ...client, repository: repositories.get(upstream), identity: identities.get(upstream) };
  const unproven = failedLookupsOf(lookups, subject);
  const failedLookups: Record<string, number> = unproven > 0 ? { "proof-weaker": unproven } : {};
  let to = draft.to;
  for (const check of collectingOf(draft)) {
    const before = readLookup(lastIn(lookups, subject, check.id));
    const learned = await learn(flow, check, { release: to, earlier, before, known }, context);
    to = learned.release;
    if (learned.note !== undefined) notes.push(learned.note);
    if (learned.failed > 0) failedLookups[check.id] = learned.failed;
  }
  const between = draft.between.map((one) => (one.tag === to.tag ? to : one));
  return { draft: { ...draft, to, between }, failedLookups };
}

type Collecting = Check & { readonly collect: Collector };
type Known = {
  readonly release: Release;
  readonly earlier: readonly ReleaseOutline[];
  readonly before: Lookup | undefined;
  readonly known: KnownReleases;
};

type Learned = { readonly release: Release; readonly failed: number; readonly note?: FactsRow };

/**
 * The release with what one check wanted to know, or with why that is not known. `failed`: how often in a row; `note`:
 * what to keep of it.
 */
async function learn(
  flow: FlowContext,
  check: Collecting,
  { release, earlier, before, known }: Known,
  context: CheckContext,
): Promise<Learned> {
  const { part } = check.collect;
  const { now } = context;
  const due = dueOf(check.collect, { release, earlier, before }, now);
  if (due === undefined) {
    const unknown = release.evidence?.[part] === undefined && before !== undefined;
    return unknown
      ? { release: withUnknown(release, part, before.why), failed: before.failed }
      : { release, failed: 0 };
  }
  const whole = await known.complete(due.compared);
  const open = [...(due.own ? [release] : []), ...whole.filter((one) => isOpen(part, one, now))];
  const answer = await ask(check, { release, earlier: whole, open }, context);
  if (isFailure(answer)) {
    const failed = answer.code === "not-checked" ? 0 : (before?.failed ?? 0) + 1;
    const facts = { failed, why: answer.message };
    const collected = { facts, source: check.id, at: now };
    const note = { subject: subjectOf(release), signal: check.id, collected, expiresAt: plus(now, restAfter(failed)) };
    return { release: withUnknown(release, part, answer.message), failed, note };
  }
  await putReleaseFacts(flow.db, release.upstream, withTried(answer, check.collect, open, now), now);
  known.touch(release.upstream);
  const evidence = mergeFacts(release.evidence, answer.get(release.tag));
  return { release: evidence === undefined ? release : { ...release, evidence }, failed: 0 };
}

/** Whether to ask now: about the release itself (`own`), and beside which earlier ones. Undefined: about nothing. */
function dueOf(
  collector: Collector,
  { release, earlier, before }: Omit<Known, "known">,
  now: Instant,
): { readonly own: boolean; readonly compared: readonly ReleaseOutline[] } | undefined {
  const own = isDue(collector, release, before, now);
  const compared = earlier.slice(0, collector.window);
  const others = compared.some((one) => isOpen(collector.part, one, now)) && !isWaiting(before, now);
  return own || others ? { own, compared } : undefined;
}

/** An earlier release of which a part is not known, and that was not asked about in vain today. */
function isOpen(part: Collector["part"], { evidence }: Pick<Release, "evidence">, now: Instant): boolean {
  const tried = evidence?.sources?.[part]?.fetchedAt;
  return evidence?.[part] === undefined && (tried === undefined || plus(tried, FOLLOWS) <= now);
}

function isWaiting(before: Lookup | undefined, now: Instant): boolean {
  return before !== undefined && plus(before.at, restAfter(before.failed)) > now;
}

/** What nothing was learned of is marked as asked about. */
function withTried(
  answer: ReadonlyMap<string, ReleaseFacts>,
  { part }: Collector,
  open: readonly Release[],
  now: Instant,
): ReadonlyMap<string, ReleaseFacts> {
  const tried = open.filter(({ tag }) => !answer.has(tag));
  const marks = tried.map(({ tag, upstream }): [string, ReleaseFacts] => [
    tag,
    { sources: { [part]: { kind: part, locator: upstream, fetchedAt: now } } },
  ]);
  return new Map([...marks, ...answer]);
}

function subjectOf({ upstream, tag }: Release): string {
  return `${upstream} ${tag}`;
}

type Lookup = { readonly failed: number; readonly why: string; readonly at: Instant };

function readLookup(collected: ReturnType<typeof lastIn>): Lookup | undefined {
  if (collected === undefined || isFailure(collected)) return undefined;
  const { failed, why } = collected.facts as { failed?: unknown; why?: unknown };
  return typeof failed === "number" && typeof why === "string" ? { failed, why, at: collected.at } : undefined;
}

/**
 * Not known yet, or of content that was there before; and not asked in vain a moment ago. Where the answer says nothing
 * of it, it is left alone for as long again as it has been there, a day at most.
 */
function isDue(collector: Collector, release: Release, before: Lookup | undefined, now: Instant): boolean {
  const at = release.evidence?.sources?.[collector.part]?.fetchedAt;
  const current = at !== undefined && at >= release.contentFirstSeenAt;
  const { tag, release: made } = release.evidence?.origin ?? {};
  const mayFollow = (tag ?? made) === false && now <= plus(bornAt(release), FOLLOWS);
  const follows = collector.part === "origin" && mayFollow;
  if (current && release.evidence?.[collector.part] !== undefined && !follows) return false;
  const last = latest(at, before?.at);
  if (last === undefined || last < release.contentFirstSeenAt) return true;
  const isUrgent = follows || (release.evidence?.checksums?.mismatches ?? []).length > 0; // that blocks it
  const inVain = last === before?.at ? restAfter(before.failed) : between(release.contentFirstSeenAt, last);
  return plus(last, isUrgent ? RETRY : Math.min(Math.max(RETRY, inVain), DAY)) <= now;
}

async function ask(
  { title, collect }: Collecting,
  asked: Asked,
  context: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  return collect.ask(asked, context).catch((error: unknown) => toFailure(error, "unreadable", title));
}

function withUnknown(release: Release, part: string, why: string): Release {
  return { ...release, evidence: { ...release.evidence, unknown: { ...release.evidence?.unknown, [part]: why } } };
}
