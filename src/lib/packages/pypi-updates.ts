import { type Instant, MINUTE, plus, toInstant } from "../../domain/instant.ts";
import { isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { normaliseProject } from "./pypi-filename.ts";

/** PyPI's feed of new releases: which projects published something, and which nothing. */
export type PypiUpdates = {
  /** The projects (normalised names) that the feed named lately, and when each published last. Empty where it cannot be read. */
  readonly named: () => Promise<ReadonlyMap<string, Instant>>;
  /** True when the feed reaches back beyond `since` without a gap, and names no release of the project after it. */
  readonly silentSince: (project: string, since: Instant) => Promise<boolean>;
};

/** How long a reading serves. */
const READ_EVERY = MINUTE;
/** A page may have been served from a cache that did not know of a release yet. */
export const MARGIN = 10 * MINUTE;
/** Releases are remembered for so long: longer than anybody asks about. */
const REMEMBERED = 24 * 60 * MINUTE;

type Known = {
  etag: string | undefined;
  readAt: Instant;
  /** From here on the feed was read without a gap, up to `newest`. */
  coveredSince: Instant | undefined;
  newest: Instant | undefined;
  readonly published: Map<string, Instant>;
};

/**
 * Reads the feed of the last hundred releases of the whole index (https://docs.pypi.org/api/feeds/), conditionally and at
 * most once a minute. It covers some twenty minutes: what it says counts only as far back as readings overlap.
 */
export function createPypiUpdates(fetcher: Fetcher, pypi: string, clock: () => Instant): PypiUpdates {
  const known: Known = {
    etag: undefined,
    readAt: "",
    coveredSince: undefined,
    newest: undefined,
    published: new Map(),
  };
  let reading: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    if (known.readAt !== "" && plus(known.readAt, READ_EVERY) > clock()) return;
    reading ??= read(fetcher, `${pypi}/rss/updates.xml`, known).finally(() => {
      known.readAt = clock();
      reading = undefined;
    });
    await reading;
  }

  return {
    named: async () => {
      await readAgain();
      return new Map(known.published);
    },
    silentSince: async (project, since) => {
      await readAgain();
      const from = plus(since, -MARGIN);
      if (known.coveredSince === undefined || known.coveredSince > from) return false;
      if (plus(known.newest ?? from, MARGIN) < clock()) return false; // nobody on PyPI is silent for so long: the feed is old
      return (known.published.get(normaliseProject(project)) ?? "") < from;
    },
  };
}

/** One reading of the feed, conditional. A feed that cannot be read covers nothing. */
async function read(fetcher: Fetcher, url: string, known: Known): Promise<void> {
  const etag = known.etag === undefined ? {} : { "if-none-match": known.etag };
  const response = await fetcher.fetch({ url, headers: etag, maxBytes: 2 * 1024 * 1024 });
  if (!isFailure(response) && response.status === 304) return;
  const releases =
    isFailure(response) || response.status !== 200 ? [] : readFeed(new TextDecoder().decode(response.body));
  if (isFailure(response) || releases.length === 0) forget(known);
  else learn(known, releases, response.headers.etag);
}

type Published = { readonly project: string; readonly at: Instant };

/** A gap means that nobody knows what was published in it. */
function learn(known: Known, releases: readonly Published[], etag: string | undefined): void {
  const dates = releases.map(({ at }) => at).sort();
  const [oldest, newest] = [dates[0] ?? "", dates.at(-1) ?? ""];
  const overlaps = known.newest !== undefined && oldest <= known.newest;
  if (!overlaps) known.coveredSince = oldest;
  known.newest = newest;
  known.etag = etag;
  for (const { project, at } of releases)
    if ((known.published.get(project) ?? "") < at) known.published.set(project, at);
  const old = plus(newest, -REMEMBERED);
  for (const [project, at] of known.published) if (at < old) known.published.delete(project);
  if (known.coveredSince !== undefined && known.coveredSince < old) known.coveredSince = old;
}

function forget(known: Known): void {
  known.coveredSince = undefined;
  known.newest = undefined;
  known.etag = undefined;
}

/** What stands in each `<item>`; one that never ends is none. */
function itemsOf(xml: string): string[] {
  return xml.split("<item>").flatMap((part, index) => {
    const end = part.indexOf("</item>");
    return index === 0 || end < 0 ? [] : [part.slice(0, end)];
  });
}

/** Entries of the feed; the project stands in the link, `/project/<name>/<version>/`. */
function readFeed(xml: string): Published[] {
  return itemsOf(xml).flatMap((item) => {
    const project = /<link>[^<]*\/project\/([^/<]+)\//.exec(item)?.[1];
    const at = toInstant(/<pubDate>([^<]+)<\/pubDate>/.exec(item)?.[1]);
    return project === undefined || at === undefined ? [] : [{ project: normaliseProject(project), at }];
  });
}
