import { z } from "zod";
import { type LookedAt, putLookedAt } from "../../db/releases/record-releases.ts";
import { digestsOf } from "../../db/releases/releases.ts";
import { batches } from "../../db/sql/row.ts";
import { type Facts, type FactsRow, factsOf, freshIn, putAllFacts } from "../../db/upstreams/facts.ts";
import type { WatchedUpstream } from "../../db/upstreams/upstreams.ts";
import { DAY, HOUR, type Instant, plus } from "../../domain/instant.ts";
import { parsePurl, pathOfPurl } from "../../domain/upstream.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { imagePlatforms, type Platforms } from "../../lib/registry/image-platforms.ts";
import { sourceOf } from "../../poll/poll.ts";
import type { FlowContext } from "../context.ts";
import { pollContext } from "./poll-upstreams.ts";
import { storeHeld } from "./store-held.ts";
import { takingUpstreams } from "./taking-upstreams.ts";
import { watchPinned } from "./watch-pinned.ts";

const FILES = "pinned-files";
const PLATFORMS = "pinned-platforms";

/** GitHub gives no sign when a file of a release is replaced, so the files of pinned releases are looked at this often. */
const FILES_EVERY = 6 * HOUR;
/** What an index holds can never change; the row is kept as long as decisions are. */
const FOR_EVER = 400 * DAY;
/** Images in one round: their registries count requests, and the next round is minutes away. */
const IMAGES_AT_ONCE = 30;
/** Upstreams whose files are stored in one transaction. */
const TOGETHER = 50;

/**
 * Looks at what polls do not tell of pinned versions: files of GitHub releases (digest, size, uploader, time), every six
 * hours, and the digests of an image's platforms, once per digest of its index. What differs is judged as all changes.
 */
export async function lookAtPinned(flow: FlowContext, watched: readonly WatchedUpstream[]): Promise<void> {
  const pinned = watched.filter((one) => one.pinnedRefs.length > 0);
  await lookAtFiles(
    flow,
    pinned.filter(({ purl }) => parsePurl(purl)?.type === "github"),
  );
  await lookAtPlatforms(
    flow,
    pinned.filter(({ purl }) => parsePurl(purl)?.type === "docker"),
  );
}

async function lookAtFiles(flow: FlowContext, watched: readonly WatchedUpstream[]): Promise<void> {
  if (flow.reader === undefined || watched.length === 0) return;
  const now = flow.clock();
  const known = await factsOf(
    flow.db,
    watched.map((one) => one.purl),
    [FILES],
  );
  const due = watched.filter(({ purl }) => freshIn(known, purl, FILES, now) === undefined);
  await takingUpstreams(
    flow,
    due.map(({ purl }) => purl),
    async (held, taken) => {
      const mine = due.filter(({ purl }) => taken.includes(purl));
      const looked = await Promise.all(mine.map((one) => filesOf(held, one)));
      const answered = mine.flatMap(({ purl }, index) => {
        const looks = looked[index]; // else it is asked again next time: the poll says what stands in the way
        return looks === undefined ? [] : [[purl, looks] as const];
      });
      for (const some of batches(answered, TOGETHER)) await storeFiles(held, new Map(some), now);
    },
  );
}

/** Files that were looked at before others looked count for nothing: what was replaced since would seem to be back. */
async function storeFiles(
  flow: FlowContext,
  looks: ReadonlyMap<string, readonly LookedAt[]>,
  at: Instant,
): Promise<void> {
  const changes = await storeHeld(flow, [...looks.keys()], async (db, mine) => {
    const held = [...looks].filter(([purl]) => mine.has(purl));
    const rows = held.map(([subject, those]): FactsRow => {
      const collected = { facts: those.map(({ tag }) => tag), source: "github", at };
      return { subject, signal: FILES, collected, expiresAt: plus(at, FILES_EVERY) };
    });
    await putAllFacts(db, rows);
    return putLookedAt(db, new Map(held), flow.clock());
  });
  for (const [purl, those] of changes) await watchPinned(flow, purl, those);
}

/** Stores what was looked at, and judges what differs. */
async function store(flow: FlowContext, looks: ReadonlyMap<string, readonly LookedAt[]>): Promise<void> {
  const changes = await putLookedAt(flow.db, looks, flow.clock());
  for (const [purl, those] of changes) await watchPinned(flow, purl, those);
}

/** Undefined when they could not be asked for. */
async function filesOf(flow: FlowContext, { purl, pinnedRefs }: WatchedUpstream): Promise<LookedAt[] | undefined> {
  const source = sourceOf(purl);
  if (isFailure(source) || source.details === undefined) return undefined;
  const details = await source.details(purl, pinnedRefs, pollContext(flow));
  return isFailure(details) ? undefined : details.map(({ tag, assets }) => ({ tag, assets }));
}

async function lookAtPlatforms(flow: FlowContext, watched: readonly WatchedUpstream[]): Promise<void> {
  const tags = new Map(watched.map(({ purl, pinnedRefs }) => [purl, pinnedRefs]));
  await readPlatforms(flow, tags, IMAGES_AT_ONCE);
}

/** Reads the platforms of images' tags (by purl) that are not known yet: asks for at most so many, in the order of the purls. */
export async function readPlatforms(
  flow: FlowContext,
  tags: ReadonlyMap<string, readonly string[]>,
  most: number,
): Promise<void> {
  const rows = await digestsOf(flow.db, [...tags.keys()], [...new Set([...tags.values()].flat())]);
  const wanted = rows.flatMap(({ upstream, tag, digests: { index, ...platforms } }) => {
    const isWanted = tags.get(upstream)?.includes(tag) === true && Object.keys(platforms).length === 0;
    return index !== undefined && isWanted ? [{ upstream, tag, index }] : [];
  });
  if (wanted.length === 0) return;
  const known = await factsOf(
    flow.db,
    wanted.map(({ upstream }) => upstream),
    wanted.map(({ index }) => signalOf(index)),
  );
  const before = (image: Image) => freshIn(known, image.upstream, signalOf(image.index), flow.clock());
  const unknown = new Map(wanted.filter((image) => before(image) === undefined).map((image) => [keyOf(image), image]));
  const asked = new Map<string, Facts | Failure>();
  await Promise.all(
    [...unknown.values()]
      .slice(0, most)
      .map(async (image) => asked.set(keyOf(image), await askForPlatforms(flow, image))),
  );
  const answers = [...unknown].flatMap(([key, image]) => factsRow(image, asked.get(key), flow.clock()));
  await putAllFacts(flow.db, answers);
  const looks = wanted.flatMap((image) => {
    const platforms = platformsIn(asked.get(keyOf(image)) ?? before(image));
    if (platforms === undefined || Object.keys(platforms).length === 0) return [];
    return [{ upstream: image.upstream, tag: image.tag, platforms: { index: image.index, digests: platforms } }];
  });
  await store(
    flow,
    Map.groupBy(looks, ({ upstream }) => upstream),
  );
}

type Image = { readonly upstream: string; readonly tag: string; readonly index: string };

async function askForPlatforms(flow: FlowContext, { upstream, tag, index }: Image): Promise<Facts | Failure> {
  const parts = parsePurl(upstream);
  const host = parts?.qualifiers.repository_url ?? "docker.io";
  const repository = parts === undefined ? "" : pathOfPurl(parts);
  const hub = flow.urls.registries[host]?.hub;
  const found = await imagePlatforms(flow, { host, repository, tag, digest: index, hub });
  return isFailure(found) ? found : { facts: found, source: host, at: flow.clock() };
}

/** An answer is kept under the index it is about: the same content is never asked for again. */
function factsRow({ upstream, index }: Image, found: Facts | Failure | undefined, now: Instant): FactsRow[] {
  if (found === undefined) return [];
  const isLate = isFailure(found) && found.code === "not-checked"; // the web API is behind the registry: soon again
  const expiresAt = plus(now, isFailure(found) ? FILES_EVERY : FOR_EVER);
  return isLate ? [] : [{ subject: upstream, signal: signalOf(index), collected: found, expiresAt }];
}

function platformsIn(collected: Facts | Failure | undefined): Platforms | undefined {
  if (collected === undefined || isFailure(collected)) return undefined;
  return z.record(z.string(), z.string()).safeParse(collected.facts).data;
}

/** Several tags may name one index. */
function keyOf({ upstream, index }: Image): string {
  return `${upstream} ${index}`;
}

function signalOf(index: string): string {
  return `${PLATFORMS} ${index}`;
}
