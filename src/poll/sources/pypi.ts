import { clean } from "@renovatebot/pep440";
import { between, earliest, HOUR, type Instant, plus } from "../../domain/instant.ts";
import type { ObservedRelease, Ref } from "../../domain/release.ts";
import { type PurlParts, parsePurl, toPurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { readClaimedDetails } from "../../lib/github/upstream/wanted-releases.ts";
import { failureOfStatus } from "../../lib/http/status.ts";
import { privateIndexOf } from "../../lib/http/urls.ts";
import { normaliseProject, versionOfFilename } from "../../lib/packages/pypi-filename.ts";
import { MARGIN } from "../../lib/packages/pypi-updates.ts";
import { claimedRepository } from "../../lib/packages/repository.ts";
import { type IndexFile, type IndexPage, readSimplePage, SIMPLE_ACCEPT } from "../../lib/packages/simple-index.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

/** Popular projects have some thousand files, at about 700 bytes each. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * PyPI and other Python package indexes by the Simple API (packaging.python.org, simple repository API): one
 * conditional request per project. The index's own upload times say when a version appeared.
 */
export const pypi: Source = {
  id: "pypi",
  title: "Python packages (PyPI and other indexes with a Simple API)",
  scheme: "pep440",
  matches: (purl) => parsePurl(purl)?.type === "pypi",
  service: (urls) => `${urls.pypi.url}/simple/pip/`,
  poll: pollPypi,
  details: async (purl, tags, context) => {
    const wanted = tags.map((tag) => ({ tags: [`v${tag}`, tag], as: tag }));
    return readClaimedDetails(context.github, await repositoryOf(purl, context), wanted);
  },
  published: publishedLately,
  repository: repositoryOf,
};

/** What the feed names; what a private index holds under the same name is another package. */
async function publishedLately({ pypiUpdates, urls }: PollContext): Promise<ReadonlyMap<string, Instant>> {
  const named = [...((await pypiUpdates?.named()) ?? [])];
  const ours = named.filter(([project]) => privateIndexOf(project, urls.pypi.private) === undefined);
  return new Map(ours.map(([project, at]) => [toPurl("pypi", project), plus(at, MARGIN)]));
}

/** Only PyPI itself has the JSON API; a private index is not asked for what it cannot answer. */
async function repositoryOf(purl: string, context: PollContext): Promise<string | undefined | Failure> {
  const parts = parsePurl(purl);
  if (parts === undefined || privateIndex(parts, context) !== undefined) return undefined;
  return claimedRepository(context.fetcher, context.urls.pypi.url, normaliseProject(parts.name));
}

/** A private index is asked alone: looking on PyPI for its names would let anybody who registers them there in. */
function privateIndex({ name, qualifiers }: PurlParts, { urls }: PollContext): string | undefined {
  const index = qualifiers.repository_url ?? privateIndexOf(normaliseProject(name), urls.pypi.private);
  return index?.replace(/(?<!\/)\/+$/, "");
}

/** What is kept between polls: the ETag, and the index's serial, which never goes back. */
type Validator = { readonly etag?: string; readonly serial?: number };

async function pollPypi(request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const parts = parsePurl(request.upstream);
  if (parts === undefined) return new Failure("misconfigured", `not a package URL: ${request.upstream}`);
  const name = normaliseProject(parts.name);
  const index = privateIndex(parts, context) ?? `${context.urls.pypi.url}/simple`;
  const isPrivate = parts.qualifiers.repository_url !== undefined;
  if (!isPrivate && (await publishedNothing(name, request, context))) return { ...unchanged(request), asked: false };
  const last = readValidator(request.last?.validator);
  const response = await context.fetcher.fetch({
    url: `${index}/${encodeURIComponent(name)}/`,
    maxBytes: MAX_BYTES,
    headers: { accept: SIMPLE_ACCEPT, ...(last.etag !== undefined && { "if-none-match": last.etag }) },
  });
  if (isFailure(response)) return response;
  if (response.status === 304) return unchanged(request);
  if (response.status !== 200) return failureOfStatus(response, `the Python package ${name}`);
  const page = readSimplePage(response);
  if (isFailure(page)) return page;
  if (isStale(page, last)) return unchanged(request);
  const validator = writeValidator({ etag: response.headers.etag, serial: page.serial });
  return page.status === "quarantined" ? quarantined(name, page, validator) : answerOf(name, page, request, validator);
}

/** The feed names new releases only: for what is yanked or taken away, a project is asked itself that often. */
const ASK_EVERY = 6 * HOUR;

async function publishedNothing(name: string, { last }: PollRequest, context: PollContext): Promise<boolean> {
  if (last?.validator === undefined || last.at === undefined || between(last.at, context.now) >= ASK_EVERY)
    return false;
  return (await context.pypiUpdates?.silentSince(name, last.at)) ?? false;
}

function answerOf(name: string, page: IndexPage, request: PollRequest, validator: string | undefined): PollAnswer {
  const groups = groupByVersion(name, page);
  const releases = [...groups.values()].map(({ version, files }) => releaseOf(version, files, page));
  return {
    state: "changed",
    releases,
    refs: request.pinnedRefs.flatMap((pinned) => refOf(pinned, groups)),
    complete: true,
    identity: page.status === "archived" || page.status === "deprecated" ? { lifecycle: page.status } : {},
    notChecked:
      page.dropped === 0 ? [] : [`${page.dropped} files of ${name}: their entries in the index could not be read`],
    ...(validator !== undefined && { validator }),
  };
}

/** The files of a version, which is spelt as its publisher does where the index knows that. */
type Group = { readonly version: string; readonly files: readonly IndexFile[] };

/** Files by the version their name says, in its one spelling. To find that takes long: it is done once for each version. */
function groupByVersion(name: string, page: IndexPage): Map<string, Group> {
  const keys = new Map(page.versions.map((version) => [version, canonical(version)]));
  const spellings = new Map([...keys].map(([version, key]) => [key, version]));
  const groups = new Map<string, Group>();
  for (const [written, files] of Map.groupBy(page.files, (file) => versionOfFilename(file.filename, name))) {
    if (written === undefined) continue;
    const key = keys.get(written) ?? canonical(written);
    const known = groups.get(key);
    const version = known?.version ?? spellings.get(key) ?? written;
    groups.set(key, { version, files: [...(known?.files ?? []), ...files] });
  }
  return groups;
}

function releaseOf(version: string, files: readonly IndexFile[], page: IndexPage): ObservedRelease {
  const publishedAt = files.map((file) => file.uploadedAt).reduce(earliest, undefined);
  const yanked = files.every((file) => file.yanked !== false);
  const reason = yanked ? reasonOf(files) : projectReason(page);
  return {
    version,
    tag: version,
    publishedBy: "registry",
    state: yanked ? "yanked" : "released",
    digests: {},
    assets: files.map(({ filename, url, digest, size, uploadedAt }) => ({
      name: filename,
      url,
      ...(digest !== undefined && { digest }),
      ...(size !== undefined && { size }),
      ...(uploadedAt !== undefined && { updatedAt: uploadedAt }),
    })),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(reason !== undefined && { stateReason: reason }),
  };
}

function reasonOf(files: readonly IndexFile[]): string | undefined {
  return files.map((file) => file.yanked).find((yanked) => typeof yanked === "string" && yanked !== "") as
    | string
    | undefined;
}

function projectReason(page: IndexPage): string | undefined {
  if (page.status !== "archived" && page.status !== "deprecated") return undefined;
  return `the project is ${page.status}${page.statusReason === undefined ? "" : `: ${page.statusReason}`}`;
}

/** A version points at its first file: later wheels do not move it, and an index lets no file be replaced. */
function refOf(pinned: string, groups: ReadonlyMap<string, Group>): Ref[] {
  const [first] = [...(groups.get(canonical(pinned))?.files ?? [])].sort((a, b) =>
    orderKey(a) < orderKey(b) ? -1 : 1,
  );
  return first === undefined ? [] : [{ name: pinned, target: first.digest ?? first.filename }];
}

function orderKey(file: IndexFile): string {
  return `${file.uploadedAt ?? "unknown"} ${file.filename.endsWith(".whl") ? "wheel" : "source"} ${file.filename}`;
}

/** One spelling per version: `1.0`, `1.0.0` and `v1.0` are one (PEP 440); what is no version stays as it is. */
function canonical(version: string): string {
  const [, epoch = "", release = "", rest = ""] = /^(\d+!)?([\d.]+)(.*)$/s.exec(clean(version) ?? "") ?? [];
  const numbers = release.split(".").map(Number);
  while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop();
  return release === "" ? version : `${epoch}${numbers.join(".")}${rest}`;
}

/** The page of a quarantined project is empty: to say so is not to say that its versions are gone. */
function quarantined(name: string, page: IndexPage, validator: string | undefined): PollAnswer {
  const reason = page.statusReason === undefined ? "" : ` (${page.statusReason})`;
  return {
    state: "changed",
    releases: [],
    refs: [],
    complete: false,
    identity: {
      standing: { status: "quarantined", ...(page.statusReason !== undefined && { reason: page.statusReason }) },
    },
    notChecked: [
      `all versions: ${name} is quarantined${reason}: the index withholds all its files while it looks into it`,
    ],
    ...(validator !== undefined && { validator }),
  };
}

/** A cache may answer what was true before the last poll. */
function isStale(page: IndexPage, last: Validator): boolean {
  return page.serial !== undefined && last.serial !== undefined && page.serial < last.serial;
}

function unchanged(request: PollRequest): Extract<PollAnswer, { state: "unchanged" }> {
  const validator = request.last?.validator;
  return { state: "unchanged", ...(validator !== undefined && { validator }) };
}

/** `<serial> <etag>`; either may be missing. */
function writeValidator(validator: { etag: string | undefined; serial: number | undefined }): string | undefined {
  const text = `${validator.serial ?? ""} ${validator.etag ?? ""}`;
  return text === " " ? undefined : text;
}

function readValidator(text: string | undefined): Validator {
  const [, serial, etag] = /^(\d*) (.*)$/.exec(text ?? "") ?? [];
  return {
    ...(serial !== undefined && serial !== "" && { serial: Number(serial) }),
    ...(etag !== undefined && etag !== "" && { etag }),
  };
}
