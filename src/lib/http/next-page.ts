import type { FetchResponse } from "../fetcher.ts";

/**
 * The query of the next page (RFC 8288, `rel="next"`), undefined after the last. Only the query of the `Link` is taken:
 * some servers write the path without their own prefix, and none may send us to another host.
 */
export function nextPageQuery(response: FetchResponse): string | undefined {
  const link = /<([^<>]*)>\s*;\s*rel="?next"?/i.exec(response.headers.link ?? "")?.[1];
  if (link === undefined || !URL.canParse(link, response.url)) return undefined;
  const query = new URL(link, response.url).searchParams.toString();
  return query === "" ? undefined : query;
}
