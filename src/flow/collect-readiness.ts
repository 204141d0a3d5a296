import { missingParts, neededFiles } from "../compare/readiness.ts";
import { type LookedAt, putLookedAt, releasesOf } from "../db/releases.ts";
import type { Candidate } from "../domain/bump.ts";
import type { Readiness } from "../domain/readiness.ts";
import { type Release, tagOfVersion } from "../domain/release.ts";
import { parsePurl } from "../domain/upstream.ts";
import { isFailure } from "../lib/failure.ts";
import { sourceOf } from "../poll/poll.ts";
import type { FlowContext } from "./context.ts";
import { readPlatforms } from "./look-at-pinned.ts";
import { pollContext } from "./poll-upstreams.ts";

/** An index costs a request; a target and what it replaces have two, seldom more. */
const IMAGES = 4;

/** Whether a target is complete, and the target as it is known after it was looked at. */
type Looked = { readonly readiness: Readiness; readonly to: Release };

/**
 * Whether everything that the pins need of a target is there: its files are asked for again as long as one is missing,
 * the digest of its image each time, its platforms once per image. `history`: the other known versions of the upstream.
 */
export async function collectReadiness(
  flow: FlowContext,
  candidate: Candidate,
  history: readonly Release[],
): Promise<Looked> {
  const { component, to, from } = candidate;
  const template = component.pins[0]?.tagTemplate;
  const tags = from.map((version) => tagOfVersion(version, template));
  const isCurrent = (release: Release) => tags.includes(release.tag) || from.includes(release.version);
  if (parsePurl(component.upstream)?.type === "docker") return lookAtImage(flow, candidate, tags);
  const current = history.filter(isCurrent);
  const { missing, unknown } = missingParts({ component, to, current });
  const isComplete = missing.length === 0 || neededFiles(candidate).length === 0;
  if (isComplete) return { readiness: { missing, askedAt: flow.clock(), notChecked: unknown }, to };
  return askAgain(flow, candidate, current);
}

/** What is stored may be from before the files were uploaded. */
async function askAgain(flow: FlowContext, candidate: Candidate, current: readonly Release[]): Promise<Looked> {
  const askedAt = flow.clock();
  const { component, to } = candidate;
  const source = sourceOf(component.upstream);
  const details = isFailure(source) ? source : await source.details?.(component.upstream, [to.tag], pollContext(flow));
  if (details === undefined || isFailure(details)) {
    const why = details === undefined ? "its source lists no files" : details.message;
    return { readiness: { missing: [], askedAt, notChecked: [`whether its files are there: ${why}`] }, to };
  }
  const assets = details.find((detail) => detail.tag === to.tag)?.assets ?? [];
  const now = await stored(flow, to, { tag: to.tag, assets });
  const { missing, unknown } = missingParts({ component, to: { ...now, assets }, current });
  return { readiness: { missing, askedAt, notChecked: unknown }, to: now };
}

/** Only Docker Hub's list names the digests of tags that are not pinned; elsewhere the tag is asked, which is no pull. */
async function lookAtImage(flow: FlowContext, candidate: Candidate, tags: readonly string[]): Promise<Looked> {
  const askedAt = flow.clock();
  const { component, to } = candidate;
  const parts = parsePurl(component.upstream);
  const host = parts?.qualifiers.repository_url ?? "docker.io";
  if (flow.urls.registries[host]?.hub === undefined) {
    const repository = [parts?.namespace, parts?.name].filter(Boolean).join("/");
    const index = await flow.registry.digest(host, repository, to.tag);
    if (!isFailure(index)) await putLookedAt(flow.db, component.upstream, [{ tag: to.tag, index }], askedAt);
  }
  await readPlatforms(flow, new Map([[component.upstream, [to.tag, ...tags]]]), IMAGES);
  const known = await releasesOf(flow.db, component.upstream);
  const now = asCompared(to, known);
  const current = known.filter(({ tag }) => tag !== to.tag && tags.includes(tag));
  const { missing, unknown } = missingParts({ component, to: now, current });
  return { readiness: { missing, askedAt, notChecked: unknown }, to: now };
}

async function stored(flow: FlowContext, to: Release, look: LookedAt): Promise<Release> {
  await putLookedAt(flow.db, to.upstream, [look], flow.clock());
  return asCompared(to, await releasesOf(flow.db, to.upstream));
}

/** The target as it is stored now, under the version that the comparison read from its tag. */
function asCompared(to: Release, known: readonly Release[]): Release {
  const found = known.find((release) => release.tag === to.tag);
  if (found === undefined) return to;
  return { ...found, version: to.version, ...(to.evidence !== undefined && { evidence: to.evidence }) };
}
