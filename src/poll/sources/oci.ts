import { createHash } from "node:crypto";
import { between, HOUR } from "../../domain/instant.ts";
import type { ObservedRelease, Ref } from "../../domain/release.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { Registry } from "../../lib/registry/client.ts";
import type { ImageName } from "../../lib/registry/image-reference.ts";
import { imageOfPurl, repositoryOfImage } from "../../lib/registry/image-source.ts";
import type { ImageTag, ImageTags } from "../../lib/registry/tags.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

/**
 * Container images of any registry: every tag is a release. Digests are read for the pinned tags; Docker Hub's web API
 * names them, and the time of the last push, for all.
 */
export const oci: Source = {
  id: "oci",
  title: "Container images (Docker Hub and other OCI registries)",
  scheme: "docker-tag",
  matches: (purl) => imageOfPurl(purl) !== undefined,
  poll: async (request, context) => {
    const image = imageOfPurl(request.upstream);
    return image === undefined
      ? new Failure("misconfigured", `not an image: ${request.upstream}`)
      : pollImage(image, request, context);
  },
  announce: (purl, { registry }) => {
    const image = imageOfPurl(purl);
    if (image !== undefined) registry.announce(image.host, image.repository);
  },
  repository: async (purl, context, newest) => {
    const image = imageOfPurl(purl);
    return image === undefined ? undefined : repositoryOfImage(image, newest, context);
  },
};

/** Lists of tags are long, and most registries have no validator for them: in between, only the pinned tags are looked at. */
const LIST_EVERY = 5 * HOUR;

async function pollImage(image: ImageName, request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const { registry, now } = context;
  const asked = hashOf([...request.pinnedRefs].sort());
  const known = readValidator(request.last?.validator);
  const last = known?.asked === asked ? known : undefined;
  const unchanged = { state: "unchanged", validator: request.last?.validator ?? "" } as const;
  if (last !== undefined && last.tags === "" && last.digests !== "" && between(last.listedAt, now) < LIST_EVERY) {
    const pinned = await pinnedDigests(image, request.pinnedRefs, registry);
    if (isFailure(pinned)) return pinned;
    if (hashOf(pinned) === last.digests) return unchanged;
  }
  const tags = await registry.tags(image.host, image.repository, last?.tags === "" ? undefined : last?.tags);
  if (isFailure(tags)) return tags;
  if (tags === "unchanged") return unchanged;
  const pinned = await pinnedDigests(image, request.pinnedRefs, registry, tags);
  if (isFailure(pinned)) return pinned;
  const found = {
    releases: releasesOf(tags, pinned),
    refs: pinned.refs,
    complete: tags.complete,
    notChecked: [...notRead(tags), ...pinned.notChecked],
  };
  const answer = hashOf(found);
  const digests = request.pinnedRefs.length === 0 ? "" : hashOf(pinned);
  const validator = [asked, answer, digests, now, tags.validator ?? ""].join("|");
  return last?.answer === answer ? { state: "unchanged", validator } : { state: "changed", ...found, validator };
}

type Pinned = { readonly refs: readonly Ref[]; readonly notChecked: readonly string[] };

/**
 * Where the pinned names point, where the list of tags does not say it already. A tag that does not exist is left out; a tag that could not be looked at fails the
 * poll, since leaving it out would say that it is gone.
 */
async function pinnedDigests(
  image: ImageName,
  names: readonly string[],
  registry: Registry,
  tags?: ImageTags,
): Promise<Pinned | Failure> {
  const listed = new Map(tags?.tags.map((tag) => [tag.name, tag.digest]));
  const looked = await Promise.all(
    [...new Set(names)].map(async (name) => ({
      name,
      target: listed.get(name) ?? (await registry.digest(image.host, image.repository, name)),
    })),
  );
  const refs: Ref[] = [];
  const notChecked: string[] = [];
  for (const { name, target } of looked) {
    if (!isFailure(target)) refs.push({ name, target });
    else if (name.startsWith("sha256:") && target.code === "unavailable") {
      refs.push({ name, target: name }); // a digest cannot move, and some registries answer 500 for one they do not have
      notChecked.push(`whether ${name} still exists: ${target.message}`);
    } else if (target.code === "misconfigured") notChecked.push(target.message);
    else if (target.code !== "not-found") return target;
  }
  return { refs, notChecked };
}

/** Pinned tags count also where the registry's list leaves them out. */
function releasesOf(tags: ImageTags, { refs }: Pinned): ObservedRelease[] {
  const digests = new Map(refs.map(({ name, target }) => [name, target]));
  const listed = new Map(tags.tags.map((tag) => [tag.name, tag]));
  for (const { name } of refs) if (!listed.has(name) && !name.startsWith("sha256:")) listed.set(name, { name });
  return [...listed.values()].map((tag) => releaseOf(tag, digests.get(tag.name)));
}

function releaseOf(tag: ImageTag, pinnedDigest: string | undefined): ObservedRelease {
  const digest = pinnedDigest ?? tag.digest;
  return {
    version: tag.name,
    tag: tag.name,
    publishedBy: "registry",
    state: "released",
    digests: digest === undefined ? {} : { index: digest },
    assets: [],
    ...(tag.pushedAt !== undefined && { publishedAt: tag.pushedAt }),
  };
}

function notRead(tags: ImageTags): string[] {
  return tags.complete ? [] : [`some tags: ${tags.problem?.message ?? "the registry did not give all of them"}`];
}

/** `<hash of the pinned names>|<hash of the answer>|<hash of where they point>|<when the tags were listed>|<the registry's own validator>` */
function readValidator(text: string | undefined) {
  const [asked, answer, digests, listedAt, tags] = (text ?? "").split("|");
  if (asked === undefined || answer === undefined || digests === undefined) return undefined;
  return listedAt === undefined || tags === undefined ? undefined : { asked, answer, digests, listedAt, tags };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
