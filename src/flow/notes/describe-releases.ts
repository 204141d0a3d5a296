import type { CandidateDraft } from "../../compare/compare.ts";
import { putDetails, putReleaseFacts } from "../../db/releases/record-releases.ts";
import { factsOf } from "../../db/upstreams/facts.ts";
import type { UncheckedEntry } from "../../domain/digest.ts";
import { DAY, type Instant, plus } from "../../domain/instant.ts";
import type { PassedRelease, Release } from "../../domain/release.ts";
import { mergeFacts, type ReleaseFacts } from "../../domain/release-facts.ts";
import { parsePurl, upstreamLabel } from "../../domain/upstream.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { NewsFile } from "../../lib/github/upstream/news.ts";
import type { ReleaseDetail } from "../../lib/github/upstream/reader.ts";
import { sourceOf } from "../../poll/poll.ts";
import type { FlowContext } from "../context.ts";
import type { KnownReleases } from "../plan/known-releases.ts";
import { pollContext } from "../poll/poll-upstreams.ts";
import { repositoriesOf } from "../trust/repository-of.ts";
import { type ChosenNotes, chooseNotes } from "./choose-notes.ts";
import { describeImage } from "./describe-image.ts";

/** Versions whose notes are worth a request; older ones of a long jump are linked to, not quoted. */
const DESCRIBED = 15;

/** A draft with notes and assets filled in, and what could not be had. */
export type Described = { readonly draft: CandidateDraft; readonly unchecked: readonly UncheckedEntry[] };

/** Notes that nobody had written are looked for again after this long: some are written later. */
const AGAIN = DAY;
/** Under which it is kept that they were looked for in vain. */
const NOWHERE = "no-notes";

/** Fetches release notes and assets of a candidate's versions, once each: they are stored with the release. */
export async function describeReleases(
  flow: FlowContext,
  draft: CandidateDraft,
  known: KnownReleases,
): Promise<Described> {
  const { upstream } = draft.to;
  const source = sourceOf(upstream);
  if (!isFailure(source) && source.id === "oci") return describeImage(flow, draft, known);
  const now = flow.clock();
  const wanted = draft.between.slice(0, DESCRIBED).filter((release) => isWanted(release, now));
  if (isFailure(source) || source.details === undefined || wanted.length === 0) return { draft, unchecked: [] };
  const details = await source.details(
    upstream,
    wanted.map((release) => release.tag),
    pollContext(flow),
  );
  if (isFailure(details)) {
    const said = details.code === "not-checked"; // for want of a token: the poll has said so of the whole upstream
    return { draft, unchecked: said ? [] : [notRead(upstream, "release notes", details)] };
  }
  known.touch(upstream);
  const authors = source.id === "github" ? authorsOf(details, now) : new Map<string, ReleaseFacts>();
  if (authors.size > 0) await putReleaseFacts(flow.db, upstream, authors, now);
  const news = await newsOf(flow, draft.to);
  const place = { page: news.page, now };
  const chosen = wanted.flatMap((release) => {
    const detail = details.find((one) => one.tag === release.tag);
    return chooseNotes(release, detail, news.files, place) ?? [];
  });
  await store(flow, upstream, chosen);
  if (news.failure === undefined) await rememberNowhere(flow, upstream, wanted, chosen);
  const byTag = new Map(chosen.map((one) => [one.detail.tag, one]));
  const fill = <One extends PassedRelease>(release: One) =>
    withFacts(withNotes(release, byTag.get(release.tag)), authors.get(release.tag));
  const unchecked = news.failure === undefined ? [] : [notRead(upstream, "changelog", news.failure)];
  const to = fill(withFiles(draft.to, byTag.get(draft.to.tag)));
  return { draft: { ...draft, to, between: draft.between.map(fill) }, unchecked };
}

/** Who made each release on its forge, for the check of publishers. */
export function authorsOf(details: readonly ReleaseDetail[], fetchedAt: Instant): Map<string, ReleaseFacts> {
  return new Map(
    details.flatMap(({ tag, author, url }): [string, ReleaseFacts][] =>
      author === undefined
        ? []
        : [[tag, { account: author, sources: { account: { kind: "release", locator: url, fetchedAt } } }]],
    ),
  );
}

/** Not read yet, nor looked for in vain since it is what it is. */
function isWanted({ notes, evidence, contentFirstSeenAt }: PassedRelease, now: Instant): boolean {
  const at = evidence?.sources?.[NOWHERE]?.fetchedAt;
  const inVain = at !== undefined && plus(at, AGAIN) > now && at >= contentFirstSeenAt;
  return notes === undefined && !inVain;
}

function withFacts<One extends PassedRelease>(release: One, facts: ReleaseFacts | undefined): One {
  const evidence = mergeFacts(release.evidence, facts);
  return evidence === undefined ? release : { ...release, evidence };
}

async function rememberNowhere(
  flow: FlowContext,
  upstream: string,
  wanted: readonly PassedRelease[],
  chosen: readonly ChosenNotes[],
): Promise<void> {
  const source = { kind: "notes", locator: upstream, fetchedAt: flow.clock() };
  const without = wanted.filter(({ tag }) => !chosen.some(({ detail }) => detail.tag === tag));
  const facts = without.map(({ tag }) => [tag, { sources: { [NOWHERE]: source } }] as const);
  if (facts.length > 0) await putReleaseFacts(flow.db, upstream, new Map(facts), flow.clock());
}

type News = { readonly files: readonly NewsFile[]; readonly page: string; readonly failure?: Failure };

/** The changelogs of the repository that an upstream is, or claims, at the target's tag: they tell of all versions before it. */
async function newsOf(flow: FlowContext, to: Release): Promise<News> {
  const none = { files: [], page: "" };
  if (flow.reader === undefined) return none;
  const known = await factsOf(flow.db, [to.upstream]);
  const purl = (await repositoriesOf(flow, [to.upstream], known)).get(to.upstream);
  const repository = purl === undefined ? undefined : parsePurl(purl);
  if (repository === undefined) return none;
  const [owner = "", inside] = repository.namespace.split("/"); // an action may be a folder of its repository
  const name = inside ?? repository.name;
  const tags = parsePurl(to.upstream)?.type.startsWith("github") === true ? [to.tag] : [`v${to.version}`, to.tag];
  const files = await flow.reader.news({ owner, name, tags: [...new Set(tags)] });
  if (!isFailure(files)) return { files, page: `${flow.urls.github.web}/${owner}/${name}` };
  return files.code === "not-found" ? none : { ...none, failure: files };
}

async function store(flow: FlowContext, upstream: string, chosen: readonly ChosenNotes[]): Promise<void> {
  const now = flow.clock();
  await putDetails(
    flow.db,
    upstream,
    chosen.map((one) => one.detail),
    now,
  );
  const facts = chosen.flatMap(({ detail, source }) =>
    source === undefined ? [] : [[detail.tag, { sources: { notes: source } }] as const],
  );
  if (facts.length > 0) await putReleaseFacts(flow.db, upstream, new Map(facts), now);
}

function withFiles(release: Release, chosen: ChosenNotes | undefined): Release {
  const { assets = [] } = chosen?.detail ?? {};
  return assets.length > 0 ? { ...release, assets } : release;
}

function withNotes<One extends PassedRelease>(release: One, chosen: ChosenNotes | undefined): One {
  if (chosen === undefined) return release;
  const { detail, source } = chosen;
  const { evidence } = release;
  return {
    ...release,
    notes: detail.notes,
    notesUrl: detail.url,
    ...(source !== undefined && { evidence: { ...evidence, sources: { ...evidence?.sources, notes: source } } }),
  };
}

function notRead(upstream: string, what: string, failure: Failure): UncheckedEntry {
  return { subject: upstreamLabel(upstream), reason: `${what}: ${failure.message}`, upstream };
}
