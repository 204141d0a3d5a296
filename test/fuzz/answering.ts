import type { Fetcher, FetchResponse } from "../../src/lib/fetcher.ts";

const STATUSES = [200, 200, 200, 200, 206, 301, 304, 404, 429, 500];
const TYPES = [
  "application/json",
  "text/html",
  "application/xml",
  "application/vnd.pypi.simple.v1+json",
  "application/octet-stream",
  "application/x-git-upload-pack-advertisement",
];

/** Answers everything with one input: two bytes for status and type, one for what `www-authenticate` and links say, then the body. */
export function answering(input: Uint8Array): Fetcher {
  let asked = 0;
  return {
    fetch: async ({ url }) => {
      asked += 1;
      if (asked > 200) throw new Error("asks without an end");
      const body = Buffer.from(input.subarray(2));
      const headers: Record<string, string> = {
        "content-type": TYPES[(input[1] ?? 0) % TYPES.length] ?? "",
        etag: '"x"',
      };
      if ((input[0] ?? 0) % 3 === 0)
        Object.assign(headers, {
          link: `<${body.subarray(0, 60).toString("latin1")}>; rel="next"`,
          "docker-content-digest": body.subarray(0, 71).toString("latin1"),
        });
      const response: FetchResponse = {
        status: STATUSES[(input[0] ?? 0) % STATUSES.length] ?? 200,
        url,
        headers,
        body,
      };
      return response;
    },
    close: async () => undefined,
  };
}
