import type { CandidateDraft } from "../../compare/compare.ts";
import { putDetails, putReleaseFacts } from "../../db/releases/record-releases.ts";
import type { UncheckedEntry } from "../../domain/digest.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import type { ReleaseDetail } from "../../lib/github/upstream/reader.ts";
import { type ImageFacts, readImageFacts } from "../../lib/registry/image-config.ts";
import { readImagePackages } from "../../lib/registry/image-packages.ts";
import type { ImageName } from "../../lib/registry/image-reference.ts";
import { imageOfPurl, type SourceClaim, sourceOfImage } from "../../lib/registry/image-source.ts";
import type { FlowContext } from "../context.ts";
import type { KnownReleases } from "../plan/known-releases.ts";
import { explainNewContent, explainPackages } from "./image-notes.ts";

type Notes = { readonly text: string; readonly url: string; readonly kind: string };

/**
 * Notes of an image: of a new version, those of the repository that its label names; of new content under the same tag,
 * what the labels and dates of both say. Read once per content. Docker Hub counts every look at a manifest as a pull, so
 * there the time of the push is all that is said.
 */
export async function describeImage(
  flow: FlowContext,
  draft: CandidateDraft,
  known: KnownReleases,
): Promise<{ readonly draft: CandidateDraft; readonly unchecked: readonly UncheckedEntry[] }> {
  const { to } = draft;
  const image = imageOfPurl(to.upstream);
  const reference = to.digests.index ?? to.tag;
  if (image === undefined || to.evidence?.sources?.notes?.etag === reference) return { draft, unchecked: [] };
  const notes = image.host === "docker.io" ? pushOf(draft) : await notesOf(flow, draft, image, reference);
  if (isFailure(notes)) {
    const reason = `image labels: ${notes.message}`;
    return { draft, unchecked: [{ subject: upstreamLabel(to.upstream), reason, upstream: to.upstream }] };
  }
  if (notes === undefined) return { draft, unchecked: [] };
  known.touch(to.upstream);
  const now = flow.clock();
  const source = { kind: notes.kind, locator: notes.url, fetchedAt: now, etag: reference };
  const detail = { tag: to.tag, notes: notes.text, url: notes.url, assets: to.assets };
  await putDetails(flow.db, to.upstream, [detail], now);
  await putReleaseFacts(flow.db, to.upstream, new Map([[to.tag, { sources: { notes: source } }]]), now);
  const evidence = { ...to.evidence, sources: { ...to.evidence?.sources, notes: source } };
  const described = { ...to, notes: notes.text, ...(notes.url !== "" && { notesUrl: notes.url }), evidence };
  const between = draft.between.map((release) => (release.tag === to.tag ? described : release));
  return { draft: { ...draft, to: described, between }, unchecked: [] };
}

async function notesOf(
  flow: FlowContext,
  draft: CandidateDraft,
  image: ImageName,
  reference: string,
): Promise<Notes | undefined | Failure> {
  const after = await factsOr(flow, image, reference);
  if (isFailure(after) || after === undefined) return after;
  if (draft.step !== "digest") return releaseNotes(flow, draft, after, sourceOfImage(after, image));
  const pinned = draft.component.pins.find((pin) => pin.digest !== undefined)?.digest;
  const before = pinned === undefined ? undefined : await factsOr(flow, image, pinned);
  const labels = explainNewContent(isFailure(before) ? undefined : before, after);
  const packages =
    pinned === undefined ? undefined : await packagesBetween(flow, image, pinned, draft.to.digests.index);
  const text = [labels, packages].filter((part) => part !== undefined).join("\n\n");
  return text === "" ? undefined : { text, url: draft.to.notesUrl ?? "", kind: "the image's labels" };
}

/** What changed among the packages, where both contents have a list of them; one that cannot be read explains nothing. */
async function packagesBetween(
  flow: FlowContext,
  image: ImageName,
  pinned: string,
  now: string | undefined,
): Promise<string | undefined> {
  const after = now === undefined ? undefined : await readImagePackages(flow.registry, image, now);
  if (after === undefined || isFailure(after)) return undefined;
  const before = await readImagePackages(flow.registry, image, pinned);
  return before === undefined || isFailure(before) ? undefined : explainPackages(before, after);
}

/** Undefined where the registry has no such content any more. */
async function factsOr(
  flow: FlowContext,
  image: ImageName,
  reference: string,
): Promise<ImageFacts | undefined | Failure> {
  const facts = await readImageFacts(flow.registry, image, reference);
  return isFailure(facts) && facts.code === "not-found" ? undefined : facts;
}

async function releaseNotes(
  flow: FlowContext,
  { to }: CandidateDraft,
  { version = to.version }: ImageFacts,
  claim: SourceClaim | undefined,
): Promise<Notes | undefined> {
  if (claim === undefined || flow.reader === undefined) return undefined;
  const { owner, name, verified } = claim;
  const { reader } = flow;
  const tags = [...new Set([version, `v${version}`, to.version, `v${to.version}`])];
  const answers = await Promise.all(tags.map((tag) => reader.releaseDetail(owner, name, tag)));
  const detail = answers.find((one): one is ReleaseDetail => !isFailure(one) && one.notes.trim() !== "");
  if (detail === undefined) return undefined;
  if (verified) return { text: detail.notes, url: detail.url, kind: "release" };
  const warning = "*The image names this repository as its source; nothing proves it.*";
  return { text: `${warning}\n\n${detail.notes}`, url: detail.url, kind: `${owner}/${name}, which the image claims` };
}

/** Docker Hub tells when a tag was pushed last. */
function pushOf({ to, step }: CandidateDraft): Notes | undefined {
  if (step !== "digest" || to.publishedAt === undefined) return undefined;
  const text = `The tag is the same; its content was pushed again on ${to.publishedAt.slice(0, 10)}.`;
  return { text, url: to.notesUrl ?? "", kind: "Docker Hub" };
}
