import { type Instant, toInstant } from "../../domain/instant.ts";
import type { ObservedRelease } from "../../domain/release.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { fetchChanged } from "../../lib/http/fetch-changed.ts";
import { failureOfStatus } from "../../lib/http/status.ts";
import { elementsOf, textBetween } from "../../lib/syntax/xml-text.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

/** A list has a short element per version. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Maven artefacts by `maven-metadata.xml` (https://maven.apache.org/repositories/metadata.html). It holds no dates: that
 * of the newest version is when the repository received its POM.
 */
export const maven: Source = {
  id: "maven",
  title: "Maven artefacts",
  scheme: "loose",
  matches: (purl) => coordinatesOf(purl) !== undefined,
  service: (urls) => urls.maven.url,
  poll: pollArtefact,
};

type Coordinates = { readonly group: string; readonly artefact: string; readonly repository: string | undefined };
type Artefact = { readonly label: string; readonly name: string; readonly folder: string };

/** `pkg:maven/org.example/tool`, or with the colon that Maven writes. */
function coordinatesOf(purl: string): Coordinates | undefined {
  const parts = parsePurl(purl);
  if (parts?.type !== "maven") return undefined;
  const [group, artefact, ...more] = [...parts.namespace.split("/"), ...parts.name.split(":")].filter(Boolean);
  if (group === undefined || artefact === undefined || more.length > 0) return undefined;
  return { group, artefact, repository: parts.qualifiers.repository_url };
}

/** A private repository is asked alone: its names can be anybody's on the public one. */
function artefactOf(purl: string, { urls }: PollContext): Artefact | undefined {
  const coordinates = coordinatesOf(purl);
  if (coordinates === undefined) return undefined;
  const { group, artefact, repository } = coordinates;
  const base = repository?.replace(/(?<!\/)\/+$/, "") ?? urls.maven.url;
  const path = [...group.split("."), artefact].map(encodeURIComponent).join("/");
  return { label: `${group}:${artefact}`, name: artefact, folder: `${base}/${path}` };
}

async function pollArtefact(request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const artefact = artefactOf(request.upstream, context);
  if (artefact === undefined) return new Failure("misconfigured", `not a Maven artefact: ${request.upstream}`);
  const answer = await fetchChanged(context.fetcher, {
    request: { url: `${artefact.folder}/maven-metadata.xml`, maxBytes: MAX_BYTES },
    what: `the Maven artefact ${artefact.label}`,
    names: request.pinnedRefs,
    last: request.last?.validator,
  });
  if (isFailure(answer) || answer.state === "unchanged") return answer;
  const list = readMetadata(new TextDecoder().decode(answer.response.body));
  if (list === undefined)
    return new Failure("unreadable", `the Maven artefact ${artefact.label}: its metadata lists no versions`);
  const newest = newestOf(list);
  const date = await receivedAt(artefact, newest, context);
  return {
    state: "changed",
    releases: list.versions.map((version) =>
      releaseOf(version, version === newest && !isFailure(date) ? date : undefined),
    ),
    // What a version holds is not told here: it points at itself.
    refs: request.pinnedRefs.flatMap((name) => (list.versions.includes(name) ? [{ name, target: name }] : [])),
    complete: list.dropped === 0,
    notChecked: [
      ...(list.dropped === 0 ? [] : [`${list.dropped} versions of ${artefact.label}: their names could not be read`]),
      ...(isFailure(date) ? [`the date of ${newest}: ${date.message}`] : []),
    ],
    ...(!isFailure(date) && { validator: answer.validator }), // else asked again: the date is still to be had
  };
}

type List = { readonly versions: readonly string[]; readonly release: string | undefined; readonly dropped: number };

function readMetadata(text: string): List | undefined {
  const versioning = textBetween(textBetween(text, "metadata") ?? "", "versioning");
  const listed = textBetween(versioning ?? "", "versions");
  if (versioning === undefined || listed === undefined) return undefined;
  const written = elementsOf(listed, "version");
  const versions = [...new Set(written)].filter((version) => /^[\w.+-]+$/.test(version));
  if (versions.length === 0) return undefined;
  return { versions, release: elementsOf(versioning, "release")[0], dropped: new Set(written).size - versions.length };
}

/** `release` is what the publisher released last, which may be a fix of an older line, or a prerelease. */
function newestOf({ versions, release }: List): string {
  const said = versions.find((version) => version === release && !isPrerelease(version));
  return said ?? versions.findLast((version) => !isPrerelease(version)) ?? versions.at(-1) ?? "";
}

/** When the repository received the POM of a version; undefined when it does not say. */
async function receivedAt(
  { label, name, folder }: Artefact,
  version: string,
  { fetcher }: PollContext,
): Promise<Instant | undefined | Failure> {
  const file = `${encodeURIComponent(version)}/${encodeURIComponent(`${name}-${version}`)}.pom`;
  const response = await fetcher.fetch({ url: `${folder}/${file}`, method: "HEAD" });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the POM of ${label}`);
  return toInstant(response.headers["last-modified"]);
}

function releaseOf(version: string, publishedAt: Instant | undefined): ObservedRelease {
  return {
    version,
    tag: version,
    publishedBy: "registry",
    state: isPrerelease(version) ? "prerelease" : "released",
    digests: {},
    assets: [],
    ...(publishedAt !== undefined && { publishedAt }),
  };
}

/** The qualifiers before a release (https://maven.apache.org/pom.html#version-order-specification), and those in use besides. */
function isPrerelease(version: string): boolean {
  return /[\d.-](?:alpha|beta|milestone|rc|cr|snapshot|preview|pre|ea|dev|m|a|b)[.-]?\d*(?![a-z\d])/i.test(version);
}
