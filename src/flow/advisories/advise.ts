import { isDeepStrictEqual } from "node:util";
import type { CandidateDraft } from "../../compare/compare.ts";
import {
  type AdvisoryReport,
  type KnownAdvisory,
  recordAdvisories,
  advisoriesOf as recordedAdvisories,
} from "../../db/upstreams/advisories.ts";
import { factsOf, freshIn } from "../../db/upstreams/facts.ts";
import type { Candidate } from "../../domain/bump.ts";
import type { UncheckedEntry } from "../../domain/digest.ts";
import { type Component, installedVersions } from "../../domain/pin.ts";
import type { Advisory } from "../../domain/trust.ts";
import { upstreamLabel, versioned } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { advisoriesOf, type KnownAdvisories } from "./known-advisories.ts";
import { rateAdvisories } from "./rate-advisories.ts";

type Answer = readonly Advisory[] | Failure;
type Version = { readonly upstream: string; readonly version: string };

/** What is known about versions: of one, and what a bump fixes and introduces. */
export type AdvisoriesOf = {
  readonly of: (release: Version) => Answer;
  readonly complete: (draft: CandidateDraft) => Candidate;
  readonly unchecked: readonly UncheckedEntry[];
};

/**
 * What is stored about every installed and every candidate version, and asked for where that is missing or too old; since
 * when each advisory is known here is kept. What people took in from scanners counts beside it. An advisory that nobody
 * reports any more has ended.
 */
export async function adviseOn(
  flow: FlowContext,
  components: readonly Component[],
  drafts: readonly CandidateDraft[],
): Promise<AdvisoriesOf> {
  const versions = versionsIn(components, drafts);
  const found = await advisoriesOf(flow, [...versions.keys()]);
  const standing = await recordNews(flow, upstreamsOf(versions), reportsOf(versions, found));
  const rating = await rateAdvisories(
    flow,
    standing.map(({ advisory }) => advisory),
  );
  const scans = await factsOf(flow.db, [...versions.keys()].filter(isImage));
  const scanned = (purl: string) => freshIn(scans, purl, SCAN, flow.clock()) !== undefined;
  const known = Map.groupBy(standing, ({ purl, version }) => versioned(purl, version));
  const of = ({ upstream, version }: Version) => {
    const purl = versioned(upstream, version);
    const answer = scanned(purl) ? [] : (found.get(purl)?.answer ?? UNASKED);
    return answerOf(
      purl,
      answer,
      (known.get(purl) ?? []).map(({ advisory }) => rating.rate(advisory)),
    );
  };
  return {
    of,
    complete: (draft) => {
      if (draft.step === "pin") return { ...draft, fixes: [], introduces: [] }; // the same content as before
      const installed = replacedBy(draft).map((version) => of({ upstream: draft.to.upstream, version }));
      return { ...draft, ...difference(installed, of(draft.to)) };
    },
    unchecked: [...rating.unchecked, ...[...found].flatMap(([purl, known]) => uncheckedOf(purl, known))],
  };
}

/** Everything installed, and everything that may take its place, by versioned purl. */
function versionsIn(components: readonly Component[], drafts: readonly CandidateDraft[]): Map<string, Version> {
  const installed = components.flatMap((one) =>
    installedVersions(one).map((version) => ({ upstream: one.upstream, version })),
  );
  const moved = drafts.flatMap((draft) =>
    [draft.to.version, ...replacedBy(draft)].map((version) => ({ upstream: draft.to.upstream, version })),
  );
  return new Map([...installed, ...moved].map((one) => [versioned(one.upstream, one.version), one]));
}

function upstreamsOf(versions: ReadonlyMap<string, Version>): string[] {
  return [...new Set([...versions.values()].map(({ upstream }) => upstream))];
}

/** What OSV answered without trouble. */
function reportsOf(
  versions: ReadonlyMap<string, Version>,
  found: ReadonlyMap<string, KnownAdvisories>,
): AdvisoryReport[] {
  return [...found].flatMap(([purl, { answer, trouble }]) => {
    const one = versions.get(purl);
    if (one === undefined || isFailure(answer) || trouble !== undefined) return [];
    return [{ purl: one.upstream, version: one.version, advisories: answer }];
  });
}

/**
 * What stands about upstreams, after what OSV says now was recorded where it says something else than what stands. Most
 * plans have nothing to record: that is four statements less for every hundred upstreams.
 */
async function recordNews(
  flow: FlowContext,
  purls: readonly string[],
  answered: readonly AdvisoryReport[],
): Promise<readonly KnownAdvisory[]> {
  const before = await recordedAdvisories(flow.db, purls);
  const ofOsv = before.filter(({ source }) => source === OSV);
  const stands = Map.groupBy(ofOsv, ({ purl, version }) => versioned(purl, version));
  const news = answered.filter((one) => !isRecorded(one, stands.get(versioned(one.purl, one.version)) ?? []));
  if (news.length === 0) return before;
  await recordAdvisories(flow.db, OSV, news, flow.clock());
  return recordedAdvisories(flow.db, purls);
}

function isRecorded({ advisories }: AdvisoryReport, stands: readonly KnownAdvisory[]): boolean {
  const known = new Map(stands.map(({ advisory }) => [advisory.id, advisory]));
  const named = new Map(advisories.map((advisory) => [advisory.id, advisory]));
  const isKnown = (advisory: Advisory) => {
    const { firstSeenAt, ...said } = known.get(advisory.id) ?? {};
    return firstSeenAt !== undefined && isDeepStrictEqual(said, advisory);
  };
  return known.size === named.size && [...named.values()].every(isKnown);
}

const OSV = "osv";

/** What a bump takes away. What a range had let in is not known: then nothing is said to be fixed. */
function replacedBy({ from, component }: CandidateDraft): string[] {
  const installed = installedVersions(component);
  return from.filter((version) => installed.includes(version));
}

function uncheckedOf(purl: string, { answer, trouble, staleSince }: KnownAdvisories): UncheckedEntry[] {
  const failure = trouble ?? (isFailure(answer) ? answer : undefined);
  if (failure === undefined || failure.code === "not-checked") return [];
  const reason = `advisories: ${failure.message}`;
  return [{ subject: upstreamLabel(purl), reason, ...(staleSince !== undefined && { since: staleSince }) }];
}

/** The fact that a version was scanned, and a report about it taken in. */
export const SCAN = "scan";

const UNASKED = new Failure("not-checked", "advisories were not asked for");

/** What stands about a version: what was asked just now, and what a scanner reported. Where nobody could be asked, that. */
function answerOf(purl: string, answer: Answer, standing: readonly Advisory[]): Answer {
  if (!isFailure(answer)) return onePerId(standing);
  return isImage(purl) && answer.code === "not-checked" ? UNKNOWN_INSIDE : answer;
}

function isImage(purl: string): boolean {
  return purl.startsWith("pkg:docker/");
}

const UNKNOWN_INSIDE = new Failure(
  "not-checked",
  "no list of advisories knows what is inside an image: take in a scanner's report with `headgate import`",
);

/** One per id: a scanner and OSV may both report it. */
function onePerId(advisories: readonly Advisory[]): Advisory[] {
  return [...new Map(advisories.toReversed().map((one) => [one.id, one])).values()].toReversed();
}

/**
 * An advisory is fixed when the installed version has it and the target does not; introduced the other way round. Where
 * one of the two is not known, nothing is said: silence is not absence.
 */
function difference(installed: readonly Answer[], target: Answer): Pick<Candidate, "fixes" | "introduces"> {
  if (isFailure(target) || installed.some(isFailure)) return { fixes: [], introduces: [] };
  const before = new Map(
    installed.flatMap((answer) => (isFailure(answer) ? [] : answer)).map((advisory) => [advisory.id, advisory]),
  );
  const after = new Set(target.map((advisory) => advisory.id));
  return {
    fixes: [...before.values()].filter((advisory) => !after.has(advisory.id)),
    introduces: target.filter((advisory) => !before.has(advisory.id)),
  };
}
