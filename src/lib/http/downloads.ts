import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "./status.ts";
import type { ServiceUrls } from "./urls.ts";

const pypiSchema = z.object({ data: z.object({ last_month: z.number().nonnegative() }) });
const npmSchema = z.object({ downloads: z.number().nonnegative() });

/** Where the downloads of a package are counted; undefined for kinds of which nobody says. */
export function downloadsUrl({ downloads }: ServiceUrls, type: string, name: string): string | undefined {
  if (type === "pypi") return `${downloads.pypi}/api/packages/${encodeURIComponent(name)}/recent`; // https://pypistats.org/api/
  // https://github.com/npm/registry/blob/main/docs/download-counts.md
  if (type === "npm")
    return `${downloads.npm}/downloads/point/last-month/${name.split("/").map(encodeURIComponent).join("/")}`;
  return undefined;
}

/** How often a package was downloaded in the last month, robots and mirrors included as its service counts them. */
export async function monthlyDownloads(fetcher: Fetcher, url: string, type: string): Promise<number | Failure> {
  const response = await fetcher.fetch({ url });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, "the number of downloads");
  const read = type === "pypi" ? readJson(response, pypiSchema) : readJson(response, npmSchema);
  if (isFailure(read)) return read;
  return "data" in read ? read.data.last_month : read.downloads;
}
