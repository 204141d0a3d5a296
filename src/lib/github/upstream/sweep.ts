import { Failure, isFailure } from "../../failure.ts";
import { createAliasedReads } from "../aliases.ts";
import type { GitHubClient } from "../client.ts";
import { fingerprintOf, selectGlance } from "./glance.ts";
import {
  type FirstPages,
  type Page,
  type Pages,
  type PagesRequest,
  type RepositorySweep,
  type RepositoryTag,
  readFirst,
  readPages,
  type SweepRequest,
} from "./sweep-answer.ts";
import { NAMED_REF, PINNED_REF, REPOSITORY, releasesFragment, selectFirst, selectMore, TAGS } from "./sweep-query.ts";

/** After the first page (10 releases, 30 tags): this many more, of 50 releases and 100 tags. */
const MORE_PAGES = 5;

/** Two connections of 74 repositories are 148 requests, which GitHub rounds to one point: the most that it costs. */
const SWEEP_SIZE = { first: 25, largest: 74 };

/** A glance that coalesces: what it sees of each repository, as a text to compare with the one of the last full read. */
export function createGlance(github: GitHubClient): (request: SweepRequest) => Promise<string | Failure> {
  return createAliasedReads(github, {
    ...SWEEP_SIZE,
    operation: "Glance",
    fragments: async () => [],
    select: selectGlance,
    read: (repository, request: SweepRequest) =>
      fingerprintOf(repository, request) ??
      new Failure("unreadable", `GitHub's answer about ${request.owner}/${request.name} was not understood.`),
  });
}

/** A sweep that coalesces: all repositories asked for in one tick share queries. `immutable`: the host knows that field. */
export function createSweep(
  github: GitHubClient,
  optional: () => Promise<{ readonly immutable: boolean }>,
): (request: SweepRequest) => Promise<RepositorySweep | Failure> {
  const { first, more } = createReads(github, optional);
  return async (request) => {
    const start = await first(request);
    if (isFailure(start)) return start;
    const { releases, tags } = await readOn(request, start, more);
    const short = readTooLittle(request, start.about.pinned, { releases, tags });
    return {
      ...start.about,
      releases: releases.rows.map(({ createdAt: _date, ...release }) => release),
      tags: tags.rows.filter((tag) => tag.name.startsWith(request.tagPrefix)),
      complete: !short.releases && !short.tags && releases.dropped + tags.dropped === 0,
      whole: releases.after === undefined && tags.after === undefined && releases.dropped + tags.dropped === 0,
    };
  };
}

/** The first pages of repositories, and the pages that follow them. */
function createReads(github: GitHubClient, optional: () => Promise<{ readonly immutable: boolean }>) {
  const fragments = async () => [
    REPOSITORY,
    releasesFragment((await optional()).immutable),
    TAGS,
    NAMED_REF,
    PINNED_REF,
  ];
  const first = createAliasedReads(github, {
    ...SWEEP_SIZE,
    operation: "Sweep",
    fragments,
    select: selectFirst,
    read: (repository, request: SweepRequest) => {
      const start = readFirst(repository, request);
      return isFailure(start)
        ? start
        : { ...start, about: { ...start.about, glance: fingerprintOf(repository, request) } };
    },
  });
  const more = createAliasedReads(github, {
    ...SWEEP_SIZE,
    operation: "SweepPages",
    fragments,
    select: selectMore,
    read: readPages,
  });
  return { first, more };
}

/** Reads further pages until every pinned tag was seen, the lists end, or the bound is reached. */
async function readOn(
  request: SweepRequest,
  { about, pages }: FirstPages,
  more: (key: PagesRequest) => Promise<Pages | Failure>,
): Promise<Pages> {
  const { owner, name, tagPrefix } = request;
  let read = pages;
  for (let page = 0; page < MORE_PAGES && pinnedOf(request, about.pinned).length > 0; page++) {
    const short = readTooLittle(request, about.pinned, read);
    if (!short.releases && !short.tags) break;
    const releasesAfter = short.releases ? read.releases.after : undefined;
    const tagsAfter = short.tags ? read.tags.after : undefined;
    const next = await more({ owner, name, tagPrefix, releasesAfter, tagsAfter });
    if (isFailure(next)) break; // what was read is still true; it is not complete
    read = {
      releases: short.releases ? join(read.releases, next.releases) : read.releases,
      tags: short.tags ? join(read.tags, next.tags) : read.tags,
    };
  }
  return read;
}

function join<T>(before: Page<T>, next: Page<T>): Page<T> {
  return { rows: [...before.rows, ...next.rows], dropped: before.dropped + next.dropped, after: next.after };
}

/** The pinned tags that the list of tags can be expected to contain. */
function pinnedOf(request: SweepRequest, pinned: readonly RepositoryTag[]): readonly RepositoryTag[] {
  return pinned.filter((tag) => tag.name.startsWith(request.tagPrefix));
}

/** Which lists go on beyond what was read, before every pinned tag was seen. Releases are in the order of their commits. */
function readTooLittle(
  request: SweepRequest,
  pinned: readonly RepositoryTag[],
  { releases, tags }: Pages,
): { releases: boolean; tags: boolean } {
  const wanted = pinnedOf(request, pinned);
  const sawAll = (names: readonly string[]) => wanted.length > 0 && wanted.every((tag) => names.includes(tag.name));
  const oldest = wanted.map((tag) => tag.committedAt ?? "").sort()[0] ?? "";
  const reached = releases.rows.at(-1)?.createdAt;
  const pastOldest = wanted.length > 0 && reached !== undefined && reached < oldest;
  return {
    releases: releases.after !== undefined && !pastOldest && !sawAll(releases.rows.map((release) => release.tag)),
    tags: tags.after !== undefined && !sawAll(tags.rows.map((tag) => tag.name)),
  };
}
