import { missingParts, neededFiles } from "../../compare/readiness.ts";
import { putLookedAt } from "../../db/releases/record-releases.ts";
import type { Candidate } from "../../domain/bump.ts";
import type { Readiness } from "../../domain/readiness.ts";
import { type Release, type ReleaseOutline, tagOfVersion } from "../../domain/release.ts";
import { parsePurl, pathOfPurl, typeOfPurl } from "../../domain/upstream.ts";
import { forEachOf } from "../../lib/concurrency/for-each-of.ts";
import { isFailure } from "../../lib/failure.ts";
import { sourceOf } from "../../poll/poll.ts";
import type { FlowContext } from "../context.ts";
import { readPlatforms } from "../poll/look-at-pinned.ts";
import { pollContext } from "../poll/poll-upstreams.ts";
import type { KnownReleases } from "./known-releases.ts";

/** An index costs a request; a target and what it replaces have two, seldom more. */
const IMAGES = 4;
const AT_ONCE = 4;

/** Whether a target is complete, and the target as it is known after it was looked at. */
export type Looked = { readonly readiness: Readiness; readonly to: Release };

/**
 * Whether everything that the pins need of each target is there: its files are asked for again as long as one is missing,
 * the digest of its image each time, its platforms once per image.
 */
export async function collectReadinessOf(
  flow: FlowContext,
  candidates: readonly Candidate[],
  known: KnownReleases,
): Promise<Looked[]> {
  await lookAtImages(flow, candidates.filter(isOfImage), known);
  const compared = candidates.flatMap((one) => [...targetOf(one.to, known), ...installedOf(one, known)]);
  await known.complete(compared); // all of them in one question
  const looked: Looked[] = [];
  for (const candidate of candidates)
    looked.push(await (isOfImage(candidate) ? imageReadiness : lookAtFiles)(flow, candidate, known));
  return looked;
}

async function lookAtFiles(flow: FlowContext, candidate: Candidate, known: KnownReleases): Promise<Looked> {
  const { component, to } = candidate;
  const current = await known.complete(installedOf(candidate, known));
  const { missing, unknown } = missingParts({ component, to, current });
  const isComplete = missing.length === 0 || neededFiles(candidate).length === 0;
  if (isComplete) return { readiness: { missing, askedAt: flow.clock(), notChecked: unknown }, to };
  return askAgain(flow, candidate, current, known);
}

function targetOf({ upstream, tag }: Release, known: KnownReleases): ReleaseOutline[] {
  return known.of(upstream).filter((release) => release.tag === tag);
}

/** What is pinned today, as far as it is known. */
function installedOf(candidate: Candidate, known: KnownReleases): ReleaseOutline[] {
  const { component, to, from } = candidate;
  const tags = tagsOfToday(candidate);
  const byVersion = !isOfImage(candidate); // a version has many images
  return known
    .of(component.upstream)
    .filter(({ tag, version }) => tag !== to.tag && (tags.includes(tag) || (byVersion && from.includes(version))));
}

function tagsOfToday({ component, from }: Candidate): string[] {
  const template = component.pins[0]?.tagTemplate;
  return from.map((version) => tagOfVersion(version, template));
}

function isOfImage({ component }: Candidate): boolean {
  return typeOfPurl(component.upstream) === "docker";
}

/** What is stored may be from before the files were uploaded. */
async function askAgain(
  flow: FlowContext,
  candidate: Candidate,
  current: readonly Release[],
  known: KnownReleases,
): Promise<Looked> {
  const askedAt = flow.clock();
  const { component, to } = candidate;
  const source = sourceOf(component.upstream);
  const details = isFailure(source) ? source : await source.details?.(component.upstream, [to.tag], pollContext(flow));
  if (details === undefined || isFailure(details)) {
    const why = details === undefined ? "its source lists no files" : details.message;
    return { readiness: { missing: [], askedAt, notChecked: [`whether its files are there: ${why}`] }, to };
  }
  const assets = details.find((detail) => detail.tag === to.tag)?.assets ?? [];
  await putLookedAt(flow.db, new Map([[to.upstream, [{ tag: to.tag, assets }]]]), askedAt);
  known.touch(to.upstream);
  await known.refresh();
  const now = await asCompared(to, known);
  const { missing, unknown } = missingParts({ component, to: { ...now, assets }, current });
  return { readiness: { missing, askedAt, notChecked: unknown }, to: now };
}

/** Digests of targets, then the platforms of targets and of what they replace, as far as those are not known. */
async function lookAtImages(flow: FlowContext, candidates: readonly Candidate[], known: KnownReleases): Promise<void> {
  await forEachOf(candidates, AT_ONCE, ({ to }) => lookAtDigest(flow, to, known));
  await known.refresh();
  const lacking = candidates.filter((candidate) => platformsAreOpen(candidate, known));
  if (lacking.length === 0) return;
  const byUpstream = Map.groupBy(lacking, ({ component }) => component.upstream);
  const tags = [...byUpstream].map(([purl, all]) => [purl, [...new Set(all.flatMap(tagsOf))]] as const);
  await readPlatforms(flow, new Map(tags), IMAGES * lacking.length);
  for (const purl of byUpstream.keys()) known.touch(purl);
  await known.refresh();
}

function tagsOf(candidate: Candidate): string[] {
  return [candidate.to.tag, ...tagsOfToday(candidate)];
}

/** Only Docker Hub's list names the digests of tags that are not pinned; elsewhere the tag is asked, which is no pull. */
async function lookAtDigest(flow: FlowContext, to: Release, known: KnownReleases): Promise<void> {
  const parts = parsePurl(to.upstream);
  const host = parts?.qualifiers.repository_url ?? "docker.io";
  if (flow.urls.registries[host]?.hub !== undefined) return;
  const repository = parts === undefined ? "" : pathOfPurl(parts);
  const index = await flow.registry.digest(host, repository, to.tag);
  if (isFailure(index)) return;
  await putLookedAt(flow.db, new Map([[to.upstream, [{ tag: to.tag, index }]]]), flow.clock());
  known.touch(to.upstream);
}

function platformsAreOpen(candidate: Candidate, known: KnownReleases): boolean {
  const tags = tagsOf(candidate);
  const isBare = (digests: Release["digests"]) => digests.index !== undefined && Object.keys(digests).length === 1;
  return known.of(candidate.component.upstream).some(({ tag, digests }) => tags.includes(tag) && isBare(digests));
}

async function imageReadiness(flow: FlowContext, candidate: Candidate, known: KnownReleases): Promise<Looked> {
  const { component, to } = candidate;
  const now = await asCompared(to, known);
  const current = await known.complete(installedOf(candidate, known));
  const { missing, unknown } = missingParts({ component, to: now, current });
  // pushed again since it was compared: what is decided is the content that the candidate is about
  const isAnother = candidate.step === "digest" && now.digests.index !== to.digests.index;
  return { readiness: { missing, askedAt: flow.clock(), notChecked: unknown }, to: isAnother ? to : now };
}

/** The target as it is stored now, under the version that the comparison read from its tag. */
async function asCompared(to: Release, known: KnownReleases): Promise<Release> {
  const [found] = await known.complete(targetOf(to, known));
  if (found === undefined) return to;
  return { ...found, version: to.version, ...(to.evidence !== undefined && { evidence: to.evidence }) };
}
