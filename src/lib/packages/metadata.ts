import { z } from "zod";
import { earliest, type Instant, toInstant } from "../../domain/instant.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { isPrivatePackage, type ServiceUrls } from "../http/urls.ts";
import { cratePath } from "./crate-path.ts";
import { normaliseProject } from "./pypi-filename.ts";

const names = z.record(z.string(), z.unknown()).nullish();
const pypiVersion = z.object({ info: z.object({ requires_dist: z.array(z.string()).nullish() }) });
const pypiProject = z.object({
  releases: z.record(z.string(), z.array(z.object({ upload_time_iso_8601: z.string().optional() }))),
});
const npmVersion = z.object({ dependencies: names, optionalDependencies: names, scripts: names });
const gemVersion = z.object({ dependencies: z.object({ runtime: z.array(z.object({ name: z.string() })) }) });
const gemVersions = z.array(z.object({ created_at: z.string().optional().catch(undefined) }));
const crateLine = z.object({
  vers: z.string(),
  pubtime: z.string().optional().catch(undefined),
  deps: z
    .array(
      z.object({
        name: z.string(),
        package: z.string().nullish(),
        kind: z.string().nullish(),
        optional: z.boolean().optional(),
      }),
    )
    .catch([]),
});
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
  const names = await namesAt(fetcher, url, parsePurl(purl)?.type ?? "", version);
  return isFailure(names) ? names : { url, names: [...new Set(names)].toSorted() };
}

async function namesAt(fetcher: Fetcher, url: string, type: string, version: string): Promise<string[] | Failure> {
  if (type === "pypi") {
    const read = await ask(fetcher, url, pypiVersion);
    return isFailure(read) ? read : required(read.info.requires_dist ?? []);
  }
  if (type === "gem") {
    const read = await ask(fetcher, url, gemVersion);
    return isFailure(read) ? read : read.dependencies.runtime.map(({ name }) => name);
  }
  if (type === "cargo") {
    const lines = await askLines(fetcher, url);
    if (isFailure(lines)) return lines;
    const deps = lines.find(({ vers }) => vers === version)?.deps ?? [];
    const needed = deps.filter(({ kind, optional }) => (kind ?? "normal") === "normal" && optional !== true);
    return needed.map((one) => one.package ?? one.name);
  }
  const read = await ask(fetcher, url, npmVersion);
  return isFailure(read) ? read : Object.keys({ ...read.dependencies, ...read.optionalDependencies });
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
  if (type === "gem") {
    const url = `${urls.rubygems.url}/api/v1/versions/${encodeURIComponent(name)}.json`;
    const read = await ask(fetcher, url, gemVersions);
    return isFailure(read)
      ? read
      : (read.map((one) => toInstant(one.created_at)).reduce(earliest, undefined) ?? unknown);
  }
  if (type === "cargo") {
    const lines = await askLines(fetcher, `${urls.cargo.url}/${cratePath(name)}`);
    if (isFailure(lines)) return lines;
    return lines.map((one) => toInstant(one.pubtime)).reduce(earliest, undefined) ?? unknown;
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
  if (parts.type === "gem")
    return `${urls.rubygems.url}/api/v2/rubygems/${encodeURIComponent(parts.name)}/versions/${encodeURIComponent(version)}.json`;
  if (parts.type === "cargo") return `${urls.cargo.url}/${cratePath(parts.name)}`;
  if (parts.type !== "npm" || urls.npm.url === "") return new Failure("not-checked", "its registry does not tell.");
  const name = parts.namespace === "" ? parts.name : `${parts.namespace}%2F${parts.name}`;
  return `${urls.npm.url}/${name}/${encodeURIComponent(version)}`;
}

async function ask<Value>(fetcher: Fetcher, url: string, schema: z.ZodType<Value>): Promise<Value | Failure> {
  const response = await fetcher.fetch({ url, maxBytes: MAX_BYTES });
  if (isFailure(response)) return response;
  return response.status === 200 ? readJson(response, schema) : failureOfStatus(response, url);
}

/** A sparse index has a line of JSON per version (https://doc.rust-lang.org/cargo/reference/registry-index.html). */
async function askLines(fetcher: Fetcher, url: string): Promise<z.output<typeof crateLine>[] | Failure> {
  const response = await fetcher.fetch({ url, maxBytes: MAX_BYTES });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, url);
  const lines = new TextDecoder().decode(response.body).split("\n");
  return lines.filter((line) => line.trim() !== "").flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): z.output<typeof crateLine> | undefined {
  try {
    return crateLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // no JSON: nothing of it is known
  }
}

/** Names of requirements (PEP 508) that do not belong to an extra. */
function required(requirements: readonly string[]): string[] {
  const always = requirements.filter((one) => !/\bextra\s*==/.test(one.split(";").slice(1).join(";")));
  const found = always.flatMap((one) => /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(one.trim())?.[0] ?? []);
  return [...new Set(found.map(normaliseProject))].toSorted();
}
