import { createHash } from "node:crypto";
import { compare, prerelease, rcompare, valid } from "semver";
import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import type { ObservedRelease, Ref } from "../../domain/release.ts";
import { parsePurl, toPurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FetchResponse } from "../../lib/fetcher.ts";
import { readClaimedDetails } from "../../lib/github/upstream/wanted-releases.ts";
import { failureOfStatus, readJson } from "../../lib/http/status.ts";
import { isPrivateModule } from "../../lib/http/urls.ts";
import { type Retraction, retractionsOf } from "../../lib/packages/go-retractions.ts";
import { repositoryOfUrl } from "../../lib/packages/repository.ts";
import { versionByTemplates } from "../../lib/versions/tag-version.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

/** A list has a short line per version. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Go modules by a module proxy (https://go.dev/ref/mod#goproxy-protocol): the list of versions, and the time of the
 * newest, which is that of its commit. A package is looked for in the modules whose paths its own begins with.
 */
export const golang: Source = {
  id: "golang",
  title: "Go modules",
  scheme: "semver",
  matches: (purl) => moduleOf(purl) !== undefined,
  service: (urls) => urls.golang.url,
  poll: pollModule,
  details: async (purl, tags, context) => {
    const folder = folderOf(moduleOf(purl) ?? "");
    const wanted = tags.map((as) => {
      const tag = `v${as.replace(/^v/, "")}`;
      return { tags: folder === "" ? [tag] : [`${folder}/${tag}`, tag], as };
    });
    return readClaimedDetails(context.github, await repositoryOf(purl, context), wanted);
  },
  repository: repositoryOf,
};

const infoSchema = z.object({
  Version: z.string(),
  Time: z.string().optional().catch(undefined),
  Origin: z
    .object({ URL: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

type Info = z.output<typeof infoSchema>;

function moduleOf(purl: string): string | undefined {
  const parts = parsePurl(purl);
  if (parts?.type !== "golang" || parts.namespace === "") return undefined;
  return `${parts.namespace}/${parts.name}`;
}

async function pollModule(request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const path = moduleOf(request.upstream);
  if (path === undefined) return new Failure("misconfigured", `not a Go module: ${request.upstream}`);
  let first: Failure | undefined;
  for (const module of modulesAround(path)) {
    const answer = await pollOne(module, request, context);
    if (!isFailure(answer) || (answer.code !== "not-found" && answer.code !== "gone")) return answer;
    first ??= answer;
  }
  return first ?? new Failure("not-found", `the Go module ${path}`);
}

/** The module of a package is the longest path that is one (https://go.dev/ref/mod#resolve-pkg-mod). */
function modulesAround(path: string): string[] {
  const segments = path.split("/");
  const shortest = segments[0] === "github.com" ? 3 : 2;
  const lengths = segments.map((_, index) => segments.length - index).filter((length) => length >= shortest);
  return [path, ...lengths.slice(1).map((length) => segments.slice(0, length).join("/"))].slice(0, 5);
}

async function pollOne(module: string, request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const listed = await ask(module, "@v/list", context);
  if (isFailure(listed)) return listed;
  const lines = new TextDecoder().decode(listed.body).split(/\r?\n/);
  const written = lines.map((line) => line.trim()).filter((line) => line !== "");
  const versions = written.filter((line) => /^v\d[\w.+-]*$/.test(line));
  if (versions.length === 0 && written.length > 0)
    return new Failure("unreadable", `the Go module ${module}: its list of versions is none`);
  if (versions.length === 0) return pollUntagged(module, request, context);
  const validator = validatorOf(request, versions);
  if (validator === request.last?.validator) return { state: "unchanged", validator };
  const newest = newestOf(versions);
  const info = await readInfo(module, `@v/${escapePath(newest)}.info`, context);
  const retractions = await readRetractions(module, newest, context);
  const dropped = written.length - versions.length;
  const facts = {
    info: isFailure(info) ? undefined : { ...info, Version: newest },
    retractions: isFailure(retractions) ? [] : retractions,
  };
  return {
    ...answerOf(request, versions, facts),
    complete: dropped === 0,
    notChecked: [
      ...(dropped === 0 ? [] : [`${dropped} versions of ${module}: their lines could not be read`]),
      ...(isFailure(info) ? [`the date of ${newest}: ${info.message}`] : []),
      ...(isFailure(retractions) ? [`retracted versions: ${retractions.message}`] : []),
    ],
    ...(!isFailure(info) && !isFailure(retractions) && { validator }), // else asked again: they are still to be had
  };
}

/** A module without tags has the pseudo-version of its newest commit. */
async function pollUntagged(module: string, request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const info = await readInfo(module, "@latest", context);
  if (isFailure(info)) return info;
  const validator = validatorOf(request, [info.Version]);
  if (validator === request.last?.validator) return { state: "unchanged", validator };
  return {
    ...answerOf(request, [info.Version], { info, retractions: [] }),
    complete: false,
    notChecked: [],
    validator,
  };
}

/** Files write versions with their `v`, which belongs to the place: versions are named without, unless a pin has a template. */
function answerOf(
  { pinnedRefs, tagTemplates }: PollRequest,
  versions: readonly string[],
  { info, retractions }: { readonly info: Info | undefined; readonly retractions: readonly Retraction[] },
) {
  const releases = versions.flatMap((written): ObservedRelease[] => {
    const version = versionByTemplates(written, tagTemplates);
    const publishedAt = written === info?.Version ? toInstant(info.Time) : undefined;
    if (version === undefined) return [];
    const tag = tagTemplates.length === 0 ? version : written;
    const dated = publishedAt === undefined ? {} : { publishedAt };
    const state = stateOf(written, retractions);
    return [{ version, tag, publishedBy: "publisher", digests: {}, assets: [], ...dated, ...state }];
  });
  return { state: "changed" as const, releases, refs: pinnedRefs.flatMap((pinned) => refOf(pinned, versions)) };
}

function stateOf(version: string, retractions: readonly Retraction[]): Pick<ObservedRelease, "state" | "stateReason"> {
  const retraction = retractions.find(({ from, to }) => isBetween(version, from, to));
  if (retraction === undefined) return { state: prerelease(version) === null ? "released" : "prerelease" };
  return { state: "yanked", stateReason: retraction.reason ?? "retracted by its author" };
}

function isBetween(version: string, from: string, to: string): boolean {
  if ([version, from, to].some((one) => valid(one) === null)) return false;
  return compare(version, from) >= 0 && compare(version, to) <= 0;
}

/** The newest version says which ones are retracted, perhaps itself among them. */
async function readRetractions(module: string, newest: string, context: PollContext): Promise<Retraction[] | Failure> {
  const response = await ask(module, `@v/${escapePath(newest)}.mod`, context);
  return isFailure(response) ? response : retractionsOf(new TextDecoder().decode(response.body));
}

/** A version points at itself: the checksum database lets no content change under it (https://go.dev/ref/mod#checksum-database). */
function refOf(pinned: string, versions: readonly string[]): Ref[] {
  const found = versions.find((version) => version === pinned || version === `v${pinned}`);
  return found === undefined ? [] : [{ name: pinned, target: found }];
}

function newestOf(versions: readonly string[]): string {
  const ordered = versions.filter((version) => valid(version) !== null).sort(rcompare);
  return ordered.find((version) => prerelease(version) === null) ?? ordered[0] ?? versions.at(-1) ?? "";
}

async function readInfo(module: string, query: string, context: PollContext): Promise<Info | Failure> {
  const response = await ask(module, query, context);
  return isFailure(response) ? response : readJson(response, infoSchema);
}

async function ask(module: string, query: string, { fetcher, urls }: PollContext): Promise<FetchResponse | Failure> {
  if (isPrivateModule(module, urls.golang.private)) {
    return new Failure("misconfigured", `${module} is private (upstreams.golang.private): no proxy is asked about it.`);
  }
  const path = module.split("/").map(escapePath).map(encodeURIComponent).join("/");
  const response = await fetcher.fetch({ url: `${urls.golang.url}/${path}/${query}`, maxBytes: MAX_BYTES });
  if (isFailure(response) || response.status === 200) return response;
  return failureOfStatus(response, `the Go module ${module}`);
}

/** Upper case is written `!` and lower case: some file systems know no other. */
function escapePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/** The path tells for github.com; elsewhere the proxy says where it took the module from. */
async function repositoryOf(purl: string, context: PollContext): Promise<string | undefined | Failure> {
  const path = moduleOf(purl);
  if (path === undefined) return undefined;
  const [host, owner, name] = path.split("/");
  if (host === "github.com") return name === undefined ? undefined : toPurl("github", `${owner}/${name}`);
  const info = await readInfo(path, "@latest", context);
  if (isFailure(info)) return info;
  return repositoryOfUrl(info.Origin?.URL ?? "");
}

/** A module below the root of its repository has its folder before its tags; `/v2` is no folder. */
function folderOf(module: string): string {
  const [host, , , ...folders] = module.split("/");
  if (host !== "github.com") return "";
  return folders.join("/").replace(/(?:^|\/)v\d+$/, "");
}

function validatorOf({ pinnedRefs, tagTemplates }: PollRequest, versions: readonly string[]): string {
  const parts = [[...pinnedRefs].sort(), [...tagTemplates].sort(), [...versions].sort()];
  return `golang:${createHash("sha256").update(JSON.stringify(parts)).digest("base64url")}`;
}
