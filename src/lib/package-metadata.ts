import { z } from "zod";
import { earliest, type Instant, toInstant } from "../domain/instant.ts";
import { parsePurl } from "../domain/upstream.ts";
import { Failure, isFailure } from "./failure.ts";
import type { Fetcher } from "./fetcher.ts";
import { failureOfStatus, readJson } from "./http-status.ts";
import { normaliseProject } from "./pypi-filename.ts";
import { isPrivatePackage, type ServiceUrls } from "./urls.ts";

const names = z.record(z.string(), z.unknown()).nullish();
const pypiVersion = z.object({ info: z.object({ requires_dist: z.array(z.string()).nullish() }) });
const pypiProject = z.object({
  releases: z.record(z.string(), z.array(z.object({ upload_time_iso_8601: z.string().optional() }))),
});
const npmVersion = z.object({ dependencies: names, optionalDependencies: names, scripts: names });
const npmPackage = z.object({ time: z.object({ created: z.string() }) });

/** Scripts that npm runs by itself when a package is installed (https://docs.npmjs.com/cli/using-npm/scripts). */
export const LIFECYCLE: readonly string[] = ["preinstall", "install", "postinstall"];
const MAX_BYTES = 64 * 1024 * 1024;

/** Names that one version requires at run time, without extras, sorted. `url`: who said so. */
export async function readDependencies(
  fetcher: Fetcher,
  urls: ServiceUrls,
  purl: string,
  version: string,
): Promise<{ readonly names: string[]; readonly url: string } | Failure> {
  const url = versionUrl(urls, purl, version);
  if (isFailure(url)) return url;
  if (purl.startsWith("pkg:pypi/")) {
    const read = await ask(fetcher, url, pypiVersion);
    return isFailure(read) ? read : { url, names: required(read.info.requires_dist ?? []) };
  }
  const read = await ask(fetcher, url, npmVersion);
  if (isFailure(read)) return read;
  const found = Object.keys({ ...read.dependencies, ...read.optionalDependencies });
  return { url, names: found.toSorted() };
}

/** The scripts that run when this version of an npm package is installed. */
export async function readInstallScripts(
  fetcher: Fetcher,
  urls: ServiceUrls,
  purl: string,
  version: string,
): Promise<string[] | Failure> {
  const url = versionUrl(urls, purl, version);
  if (isFailure(url)) return url;
  const read = await ask(fetcher, url, npmVersion);
  return isFailure(read) ? read : LIFECYCLE.filter((name) => read.scripts?.[name] !== undefined);
}

/** When a package of the same registry was first published. */
export async function readFirstPublished(
  fetcher: Fetcher,
  urls: ServiceUrls,
  beside: string,
  name: string,
): Promise<Instant | Failure> {
  const type = parsePurl(beside)?.type ?? "";
  const unknown = new Failure("unreadable", `when ${name} was first published is not known`);
  if (isPrivatePackage(`pkg:${type}/${name.replace(/^@/, "%40")}`, urls))
    return new Failure("not-checked", `${name} is private`);
  if (type === "pypi") {
    const read = await ask(
      fetcher,
      `${urls.pypi.url}/pypi/${encodeURIComponent(normaliseProject(name))}/json`,
      pypiProject,
    );
    if (isFailure(read)) return read;
    const times = Object.values(read.releases).flat();
    return times.map((one) => toInstant(one.upload_time_iso_8601)).reduce(earliest, undefined) ?? unknown;
  }
  const read = await ask(fetcher, `${urls.npm.url}/${name.replaceAll("/", "%2F")}`, npmPackage);
  return isFailure(read) ? read : (toInstant(read.time.created) ?? unknown);
}

function versionUrl(urls: ServiceUrls, purl: string, version: string): string | Failure {
  const parts = parsePurl(purl);
  if (parts === undefined || parts.qualifiers.repository_url !== undefined || isPrivatePackage(purl, urls))
    return new Failure("not-checked", "a private index is not asked for it.");
  if (parts.type === "pypi")
    return `${urls.pypi.url}/pypi/${encodeURIComponent(normaliseProject(parts.name))}/${encodeURIComponent(version)}/json`;
  if (parts.type !== "npm" || urls.npm.url === "") return new Failure("not-checked", "its registry does not tell.");
  const name = parts.namespace === "" ? parts.name : `${parts.namespace}%2F${parts.name}`;
  return `${urls.npm.url}/${name}/${encodeURIComponent(version)}`;
}

async function ask<Value>(fetcher: Fetcher, url: string, schema: z.ZodType<Value>): Promise<Value | Failure> {
  const response = await fetcher.fetch({ url, maxBytes: MAX_BYTES });
  if (isFailure(response)) return response;
  return response.status === 200 ? readJson(response, schema) : failureOfStatus(response, url);
}

/** Names of requirements (PEP 508) that do not belong to an extra. */
function required(requirements: readonly string[]): string[] {
  const always = requirements.filter((one) => !/\bextra\s*==/.test(one.split(";").slice(1).join(";")));
  const found = always.flatMap((one) => /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(one.trim())?.[0] ?? []);
  return [...new Set(found.map(normaliseProject))].toSorted();
}
