import { type Instant, latest } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import { mergeFacts, type ReleaseFacts } from "../../domain/release-facts.ts";
import { toFacts } from "./replay-facts.ts";
import type { WrittenRelease } from "./written-incident.ts";

/** What of a release may be seen to change. */
export type Content = Pick<Release, "commit" | "digests" | "assets">;

/** What was seen of a release at a moment, as far as it is on record. */
export type Sighting = { readonly at: Instant; readonly content: Partial<Content>; readonly facts: ReleaseFacts };

/** Registries whose clock dates a release: what they say of its age is proven. */
export const DATED_BY_REGISTRY = /^pkg:(?:pypi|npm|gem|cargo|maven|nuget|composer|hex|pub)\//;

/** The first sighting and every later one, in order. A bare "moved" or "replaced" is content of another name. */
export function sightingsOf(written: WrittenRelease, upstream: string, firstSeenAt: Instant): Sighting[] {
  const { movedAt, replacedAt, observations, evidence = {}, uploader } = written;
  const image = upstream.startsWith("pkg:docker/");
  const moved = (at: Instant | undefined, value: (word: string) => Partial<Content>) =>
    at === undefined ? [] : [{ at, content: value("after"), facts: {} }];
  const commit = (word: string): Partial<Content> => ({ commit: `${word} the move` });
  const file = (word: string): Partial<Content> => ({
    digests: { [image ? "index" : "file"]: `${word} the replacement` },
  });
  const first = contentOfWritten(written, uploader);
  const own: Partial<Content> = {
    ...(movedAt !== undefined && first.commit === undefined && commit("before")),
    ...(replacedAt !== undefined &&
      (image ? first.digests?.index : first.digests?.file) === undefined &&
      file("before")),
  };
  const facts = mergeFacts(toFacts(written, upstream, firstSeenAt), toFacts(evidence, upstream, firstSeenAt)) ?? {};
  const account = uploader !== undefined && DATED_BY_REGISTRY.test(upstream) ? { account: uploader } : {};
  const later = [
    ...observations.map((one) => ({
      at: one.at,
      content: contentOfWritten(one, undefined),
      facts: toFacts(one, upstream, one.at),
    })),
    ...moved(movedAt, commit),
    ...moved(replacedAt, file),
  ];
  const content = { ...first, ...own, digests: { ...first.digests, ...own.digests } };
  return [
    { at: firstSeenAt, content, facts: { ...account, ...facts } },
    ...later
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .map((one) => ({ ...one, at: latest(one.at, firstSeenAt) ?? one.at })),
  ];
}

function contentOfWritten(
  written: Pick<WrittenRelease, "commit" | "digest" | "digests" | "assets" | "files">,
  uploader: string | undefined,
): Partial<Content> {
  const { commit, digest, digests } = written;
  const assets = (written.assets ?? written.files ?? (uploader === undefined ? undefined : [{ name: "release" }]))?.map(
    (one) => ({
      ...(uploader !== undefined && { uploader }),
      ...present(one),
    }),
  );
  return {
    ...(commit !== undefined && { commit }),
    ...((digest !== undefined || digests !== undefined) && {
      digests: { ...(digest !== undefined && { index: digest }), ...digests },
    }),
    ...(assets !== undefined && { assets }),
  };
}

function present<Row extends { readonly name: string }>(row: Row) {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as {
    readonly name: string;
  };
}
