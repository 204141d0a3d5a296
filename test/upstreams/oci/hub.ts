import type { Answer, Received } from "../stand-in.ts";
import { manifestsOf } from "./manifests.ts";
import type { OciTag, OciWorld } from "./world.ts";

/** A repository, or its tags, as Docker Hub's web API has them. */
export function answerHub(world: OciWorld, url: string, request: Received, [name, tags]: [string, boolean]): Answer {
  const repository = world.repositories[name];
  if (repository === undefined || repository.private === true)
    return { status: 404, body: { message: "object not found", errinfo: {} } };
  if (!tags) return { body: { name: name.split("/")[1], namespace: name.split("/")[0], status: 1, ...repository.hub } };
  const newestFirst = Object.entries(repository.tags).sort(([, a], [, b]) => (pushed(a) < pushed(b) ? 1 : -1));
  const size = Math.min(Number(request.query.get("page_size") ?? "10"), world.pageSize ?? 100, 100);
  const page = Number(request.query.get("page") ?? "1");
  const shown = newestFirst.slice((page - 1) * size, page * size);
  if (shown.length === 0 && page > 1) return { status: 404, body: { message: "object not found" } };
  const next = `${url}${request.path}?page=${page + 1}&page_size=${size}&ordering=last_updated`;
  return {
    headers: { "x-ratelimit-limit": "180", "x-ratelimit-remaining": "179" },
    body: {
      count: newestFirst.length,
      next: page * size < newestFirst.length ? next : null,
      previous: null,
      results: shown.map(([tag, image], index) => hubTag(tag, image, index)),
    },
  };
}

/** One tag there. */
export function answerHubTag(world: OciWorld, name: string, tag: string): Answer {
  const repository = world.repositories[name];
  const image = repository?.private === true ? undefined : repository?.tags[tag];
  return image === undefined
    ? { status: 404, body: { message: "tag not found", errinfo: {} } }
    : { body: hubTag(tag, image, 0) };
}

function hubTag(name: string, image: OciTag, id: number): object {
  const [first, second, third] = manifestsOf(image);
  return {
    id,
    name,
    full_size: 45_000_000,
    v2: true,
    last_updated: pushed(image),
    last_updater_username: "publisher",
    tag_status: "active",
    tag_last_pushed: pushed(image),
    tag_last_pulled: null,
    media_type: "application/vnd.oci.image.index.v1+json",
    content_type: "image",
    digest: first?.digest ?? "",
    images: [
      { architecture: "amd64", os: "linux", variant: null, digest: second?.digest ?? null, size: 1 },
      ...(image.multiPlatform === false
        ? []
        : [
            {
              architecture: "arm64",
              os: "linux",
              variant: null,
              digest: third?.digest ?? null,
              size: 1,
            },
          ]),
      { architecture: "unknown", os: "unknown", variant: null, digest: null, size: 1 },
    ],
  };
}

function pushed(image: OciTag): string {
  return image.pushedAt ?? "2026-09-01T00:00:00.000000Z";
}
