import { createHash } from "node:crypto";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchRequest, FetchResponse } from "../fetcher.ts";
import { failureOfStatus } from "./status.ts";

/** What is asked, and what is known of the last answer to it. */
export type ChangedRequest = {
  readonly request: FetchRequest;
  /** The subject of a failure: `the npm package semver`. */
  readonly what: string;
  /** What else decides the answer, such as pinned names: where they differ, the last answer counts for nothing. */
  readonly names: readonly string[];
  readonly last: string | undefined;
};

/** News, or none; `validator` is what to give as `last` next time. */
export type ChangedAnswer =
  | { readonly state: "unchanged"; readonly validator: string }
  | { readonly state: "changed"; readonly response: FetchResponse; readonly validator: string };

/**
 * Asks conditionally (RFC 9110, If-None-Match). `unchanged` also where a server knows no ETag and sends the same bytes
 * again. Statuses other than 200 and 304 are failures.
 */
export async function fetchChanged(
  fetcher: Fetcher,
  { request, what, names, last }: ChangedRequest,
): Promise<ChangedAnswer | Failure> {
  const known = readValidator(last);
  const asked = hashOf(JSON.stringify([...names].sort()));
  const usable = known?.asked === asked ? known : undefined;
  const etag = usable?.etag === undefined || usable.etag === "" ? {} : { "if-none-match": usable.etag };
  const response = await fetcher.fetch({ ...request, headers: { ...request.headers, ...etag } });
  if (isFailure(response)) return response;
  if (response.status === 304 && usable !== undefined) return { state: "unchanged", validator: last ?? "" };
  if (response.status !== 200) return failureOfStatus(response, what);
  const body = hashOf(response.body);
  const validator = `${asked} ${body} ${response.headers.etag ?? ""}`;
  return usable?.body === body ? { state: "unchanged", validator } : { state: "changed", response, validator };
}

type Validator = { readonly asked: string; readonly body: string; readonly etag: string };

/** `<hash of what was asked> <hash of the body> <ETag>` */
function readValidator(text: string | undefined): Validator | undefined {
  const [, asked, body, etag] = /^(\S+) (\S+) (.*)$/.exec(text ?? "") ?? [];
  return asked === undefined || body === undefined || etag === undefined ? undefined : { asked, body, etag };
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("base64url").slice(0, 22);
}
