import { z } from "zod";
import { type Instant, toInstant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import { Failure, isFailure } from "../failure.ts";
import type { FetchResponse } from "../fetcher.ts";
import { readJson } from "../http/status.ts";

/** A file of a project on a Python package index. `digest` is `<algorithm>:<hex>`; `yanked` a reason, true or false. */
export type IndexFile = {
  readonly filename: string;
  readonly url: string;
  readonly digest?: string;
  readonly size?: number;
  readonly uploadedAt?: Instant;
  readonly yanked: boolean | string;
};

/** One project's page of a Python package index. `dropped` counts rows that could not be read. */
export type IndexPage = {
  readonly files: readonly IndexFile[];
  readonly dropped: number;
  readonly serial?: number;
  readonly status?: string;
  readonly statusReason?: string;
  /** Versions as their publisher spelled them, where the index lists them. */
  readonly versions: readonly string[];
};

/** What we ask for: JSON, and HTML of servers that know no better (PEP 691). */
export const SIMPLE_ACCEPT =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

const ANYTHING = z.unknown().optional();

/** What a file may lack is looked at by hand: a schema that forgives costs three times as much, and pages have thousands of files. */
const fileSchema = z.object({
  filename: z.string().min(1),
  url: z.string(),
  hashes: ANYTHING,
  size: ANYTHING,
  "upload-time": ANYTHING,
  yanked: ANYTHING,
});

const pageSchema = z.object({
  meta: z.object({
    "api-version": z.string(),
    "_last-serial": z.number().optional().catch(undefined),
  }),
  "project-status": z
    .object({ status: z.string(), reason: z.string().nullish().catch(null) })
    .optional()
    .catch(undefined),
  versions: z.array(z.unknown()).catch([]),
  files: z.array(z.unknown()),
});

/** Reads a page of the Simple API, JSON (PEP 691, 700, 792) or HTML (PEP 503, 592), by the type it says it is of. */
export function readSimplePage(response: FetchResponse): IndexPage | Failure {
  const [type = ""] = (response.headers["content-type"] ?? "").toLowerCase().split(";");
  if (type.trim().endsWith("json")) return readJsonPage(response);
  if (type.trim().endsWith("html")) return readHtmlPage(response);
  return new Failure(
    "unreadable",
    `${new URL(response.url).host} answered neither JSON nor HTML, but "${type.slice(0, 60)}"`,
  );
}

function readJsonPage(response: FetchResponse): IndexPage | Failure {
  const page = readJson(response, pageSchema);
  if (isFailure(page)) return page;
  const { meta, versions, "project-status": status } = page;
  if (!meta["api-version"].startsWith("1."))
    return new Failure(
      "unreadable",
      `${new URL(response.url).host} speaks version ${meta["api-version"].slice(0, 20)} of the Simple API; 1 is known`,
    );
  const files = page.files.flatMap((row) => readFile(row, response.url));
  return {
    files,
    dropped: page.files.length - files.length,
    versions: versions.filter((version) => typeof version === "string"),
    ...(meta["_last-serial"] !== undefined && { serial: meta["_last-serial"] }),
    ...(status !== undefined && { status: status.status }),
    ...(typeof status?.reason === "string" && { statusReason: status.reason }),
  };
}

function readFile(row: unknown, base: string): IndexFile[] {
  const { success, data } = fileSchema.safeParse(row);
  if (!success) return [];
  const { filename, url, size, yanked, "upload-time": uploaded } = data;
  const digest = digestOf(data.hashes);
  const uploadedAt = typeof uploaded === "string" ? toInstant(uploaded) : undefined;
  return [
    {
      filename,
      url: URL.parse(url, base)?.href ?? url,
      yanked: typeof yanked === "string" || typeof yanked === "boolean" ? yanked : false,
      ...(digest !== undefined && { digest }),
      ...(typeof size === "number" && size >= 0 && { size }),
      ...(uploadedAt !== undefined && { uploadedAt }),
    },
  ];
}

/** A page without a single file is taken for what it mostly is: a login page, or an error with status 200. */
function readHtmlPage(response: FetchResponse): IndexPage | Failure {
  const html = new TextDecoder().decode(response.body);
  const files = [...html.matchAll(/<a\s([^<>]*)>([^<>]*)<\/a\s*>/gi)].flatMap(([, attributes = "", text = ""]) =>
    readAnchor(attributes, text, response.url),
  );
  if (files.length > 0) return { files, dropped: 0, versions: [] };
  return new Failure("unreadable", `${new URL(response.url).host} answered a page that lists no files`);
}

function readAnchor(attributes: string, text: string, base: string): IndexFile[] {
  const href = attributeOf(attributes, "href");
  if (href === undefined || !URL.canParse(href, base)) return [];
  const url = new URL(href, base);
  const [, algorithm, hex] = /^#(sha256|sha384|sha512|sha1|md5)=([0-9a-f]+)$/.exec(url.hash) ?? [];
  url.hash = "";
  const yanked = attributeOf(attributes, "data-yanked");
  const filename = unescapeHtml(text.trim());
  if (!/\.(?:whl|egg|zip|tar|tgz|tar\.[A-Za-z0-9]+)$/.test(filename)) return [];
  return [
    {
      filename,
      url: url.href,
      yanked: yanked === undefined ? false : yanked === "" || yanked,
      ...(algorithm !== undefined && { digest: `${algorithm}:${hex}` }),
    },
  ];
}

function attributeOf(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*(?:=\\s*(?:"([^"]*)"|'([^']*)'))?(?=\\s|$)`, "i").exec(attributes);
  return match === null ? undefined : unescapeHtml(match[1] ?? match[2] ?? "");
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

const ALGORITHMS = ["sha256", "sha512", "sha384", "sha1", "md5"];

function digestOf(hashes: unknown): string | undefined {
  if (typeof hashes !== "object" || hashes === null) return undefined;
  for (const algorithm of ALGORITHMS) {
    const hex = own<unknown>(hashes as Readonly<Record<string, unknown>>, algorithm);
    if (typeof hex === "string" && /^[0-9a-f]+$/.test(hex)) return `${algorithm}:${hex}`;
  }
  return undefined;
}
