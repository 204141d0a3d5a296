import type { Answer } from "../stand-in.ts";

/** GitHub's error body of the REST interface. */
export function restError(status: number, message: string, more: object = {}): Answer {
  return {
    status,
    body: { message, ...more, documentation_url: "https://docs.github.com/rest", status: String(status) },
  };
}

/** The hourly limit is used up, as GraphQL says it: status 200, no data. */
export function primaryLimit(resetAt: string): Answer {
  return {
    headers: {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(Math.ceil(Date.parse(resetAt) / 1000)),
      "x-ratelimit-resource": "graphql",
    },
    body: { errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded for installation ID 9306189." }] },
  };
}

/** The secondary limit; `retryAfter` in seconds or as a date, absent when GitHub does not say. */
export function secondaryLimit(retryAfter?: string): Answer {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return {
    ...restError(403, message),
    ...(retryAfter !== undefined && { headers: { "retry-after": retryAfter } }),
  };
}

/** GitHub gave up after its ten seconds. */
export function tooSlow(status: 502 | 504 = 502): Answer {
  return {
    status,
    body: {
      data: null,
      errors: [
        {
          message:
            "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists.",
        },
      ],
    },
  };
}

/** A commit was refused because the branch is elsewhere, or a replica has not yet seen the ref. */
export function staleData(expectedHeadOid: string, path = "createCommitOnBranch"): Answer {
  return {
    body: {
      data: { [path]: null },
      errors: [
        {
          type: "STALE_DATA",
          path: [path],
          locations: [{ line: 1, column: 1 }],
          message: `Expected branch to point to "${expectedHeadOid}" but it did not.  Pull and try again.`,
        },
      ],
    },
  };
}
