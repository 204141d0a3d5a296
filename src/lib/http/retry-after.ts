import type { Instant } from "../../domain/instant.ts";

const LONGEST_WAIT = 24 * 3_600_000;

/** The part of an answer that says whether, and when, to come back. Header names in lower case. */
export type AnswerHead = { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/**
 * When a host wants to be asked again, for answers that mean "not now": `Retry-After` in seconds or as an HTTP date
 * (RFC 9110 §10.2.3), Docker Hub's `X-Retry-After` and GitHub's exhausted `X-RateLimit-Reset` in epoch seconds.
 * At most a day ahead; undefined when the answer does not say.
 */
export function retryAtOf(response: AnswerHead, now: number): Instant | undefined {
  if (![403, 429, 503].includes(response.status)) return undefined;
  const time =
    retryAfter(response.headers["retry-after"], now) ??
    epochSeconds(response.headers["x-retry-after"]) ??
    (isExhausted(response) ? epochSeconds(response.headers["x-ratelimit-reset"]) : undefined);
  if (time === undefined || time <= now) return undefined;
  return new Date(Math.min(time, now + LONGEST_WAIT)).toISOString();
}

/** True for a limit that is used up. GitHub says 403, not 429, for both of its limits. */
export function isExhausted(response: AnswerHead): boolean {
  return response.headers["x-ratelimit-remaining"] === "0" || response.headers["retry-after"] !== undefined;
}

function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,12}$/.test(value.trim())) return now + Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : date;
}

function epochSeconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{9,12}$/.test(value) ? Number(value) * 1_000 : undefined;
}
