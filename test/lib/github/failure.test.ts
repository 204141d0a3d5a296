import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAnswerFailure, toGraphqlFailure, withoutSecrets } from "../../../src/lib/github/failure.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const reset = String(Date.parse("2026-11-20T12:30:00Z") / 1000);

const failureOf = (status: number, headers: Record<string, string>, message = "", strikes = 0) =>
  toAnswerFailure({ status, headers, message, asked: "GET /repos/acme/tool" }, NOW, strikes);

describe("an answer of GitHub that is not a success", () => {
  it.each([
    [
      "403 with nothing left of the hour",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
      "",
      "2026-11-20T12:30:01.000Z",
    ],
    ["429 without a word", 429, {}, "", "2026-11-20T12:01:00.000Z"],
    [
      "403 that speaks of a secondary limit",
      403,
      {},
      "You have exceeded a secondary rate limit",
      "2026-11-20T12:01:00.000Z",
    ],
    ["403 with seconds to wait", 403, { "retry-after": "30" }, "", "2026-11-20T12:00:30.000Z"],
    [
      "seconds before an exhausted hour",
      403,
      { "retry-after": "30", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
      "",
      "2026-11-20T12:00:30.000Z",
    ],
    [
      "an exhausted hour whose end is nonsense",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon" },
      "",
      "2026-11-20T12:01:00.000Z",
    ],
  ])("is a rate limit: %s", (_what, status, headers, message, retryAt) => {
    expect(failureOf(status, headers as Record<string, string>, message)).toMatchObject({
      code: "rate-limited",
      retryAt,
    });
  });

  it("waits no longer than 32 minutes for a limit that says nothing", () => {
    expect(failureOf(429, {}, "", 40).retryAt).toBe("2026-11-20T12:32:00.000Z");
  });

  it.each([
    [401, "Bad credentials", "unauthorized"],
    [403, "Resource not accessible by integration", "forbidden"],
    [403, "Repository access blocked", "gone"],
    [404, "Not Found", "not-found"],
    [422, "Reference already exists", "conflict"],
    [451, "", "gone"],
    [500, "", "unavailable"],
    [502, "", "timeout"],
    [503, "", "unavailable"],
    [504, "", "timeout"],
  ])("of status %i with the text %j is %s", (status, message, code) => {
    expect(failureOf(status, {}, message)).toMatchObject({ code, retryAt: undefined });
  });

  it("keeps what a server that is down says about when to come back", () => {
    expect(failureOf(503, { "retry-after": "120" })).toMatchObject({ retryAt: "2026-11-20T12:02:00.000Z" });
  });
});

describe("a GraphQL answer with errors", () => {
  const failure = (hasData: boolean, type: string, message = "") =>
    toGraphqlFailure({ hasData, errors: [{ type, path: ["c0"], message }] }, {}, NOW, 0);

  it.each([
    [false, "RATE_LIMITED", "", "rate-limited"],
    [false, "RATE_LIMIT", "", "rate-limited"],
    [true, "", "You have exceeded a secondary rate limit", "rate-limited"],
    [true, "RESOURCE_LIMITS_EXCEEDED", "", "timeout"],
    [false, "", "Something went wrong while executing your query. This may be the result of a timeout", "timeout"],
    [false, "FORBIDDEN", "", "forbidden"],
    [false, "", "Field 'x' doesn't exist on type 'Release'", "unreadable"],
  ])("is a failure as a whole (data: %s, type %j, %j)", (hasData, type, message, code) => {
    expect(failure(hasData, type, message)).toMatchObject({ code });
  });

  it.each(["NOT_FOUND", "FORBIDDEN", "STALE_DATA"])("is no failure when there is data beside %s", (type) => {
    expect(failure(true, type)).toBeUndefined();
  });
});

describe("a text for people", () => {
  it("never contains a credential, whatever its length", () => {
    const prefix = fc.constantFrom("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_");
    const rest = fc.stringMatching(/^[A-Za-z0-9_.-]{1,400}$/);
    fc.assert(
      fc.property(prefix, rest, fc.string(), (start, secret, around) => {
        const text = `${around} ${start}${secret} ${around}`;
        expect(withoutSecrets(text)).not.toContain(start + secret);
        expect(failureOf(500, {}, text).message).not.toContain(start + secret);
      }),
    );
  });
});
