import { type Instant, plus, toInstant } from "../../domain/instant.ts";
import { own } from "../../domain/own.ts";
import { Failure, type FailureCode } from "../failure.ts";

/** An answer of GitHub that is not a success, or a GraphQL answer without data. Header names in lower case. */
export type RefusedAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
  /** What was asked, for people: `GET /repos/acme/tool`, `a GraphQL query`. */
  readonly asked: string;
};

/** An error of a GraphQL answer. `path[0]` is the alias it is about. */
export type GraphqlError = {
  readonly type: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
};

const CODES: Readonly<Record<number, FailureCode>> = {
  400: "misconfigured",
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  410: "gone",
  422: "conflict",
  451: "gone",
  502: "timeout",
  504: "timeout",
};

/**
 * Names what GitHub's answer means. A 403 is a rate limit when a header or the text says so; 502 and 504 are GitHub's
 * own ten-second limit, so they are time-outs (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
 * `strikes` counts limits in a row: the wait doubles where GitHub does not say how long.
 */
export function toAnswerFailure(answer: RefusedAnswer, now: Instant, strikes: number): Failure {
  const { status, asked } = answer;
  const message = answer.message === "" ? `status ${status}` : withoutSecrets(answer.message);
  if (isRateLimit(answer)) {
    const retryAt = retryAtOf(answer, now) ?? plus(now, 60_000 * 2 ** Math.min(strikes, 5));
    return new Failure("rate-limited", `GitHub limits requests until ${retryAt} (${message}).`, { retryAt });
  }
  if (status === 401) return new Failure("unauthorized", `GitHub refused the credential (${message}). Renew it.`);
  if (/access blocked/i.test(message)) return new Failure("gone", `GitHub blocked this repository (${message}).`);
  const permissions = status === 403 ? answer.headers["x-accepted-github-permissions"] : undefined;
  const needed = permissions === undefined ? "" : ` It needs the permission ${permissions}.`;
  const code = CODES[status] ?? (status >= 500 ? "unavailable" : "unreadable");
  const retryAt = retryAtOf(answer, now);
  return new Failure(code, `GitHub answered ${status} to ${asked}: ${message}.${needed}`.replace("..", "."), {
    retryAt,
  });
}

/** What a GraphQL answer without data, or with a limit among its errors, means; undefined when its data can be used. */
export function toGraphqlFailure(
  answer: { readonly hasData: boolean; readonly errors: readonly GraphqlError[] },
  headers: RefusedAnswer["headers"],
  now: Instant,
  strikes: number,
): Failure | undefined {
  const [first] = answer.errors;
  const message = first?.message ?? "";
  const limit = answer.errors.find((error) => isLimitType(error.type) || LIMIT_TEXT.test(error.message));
  const asked = "a GraphQL query";
  if (limit !== undefined) {
    return toAnswerFailure({ status: 429, headers, message: limit.message, asked }, now, strikes);
  }
  if (answer.errors.some(isTooHeavy)) return new Failure("timeout", `The query was too much for GitHub: ${message}`);
  if (answer.hasData) return undefined;
  const code = own(GRAPHQL_CODES, first?.type ?? "") ?? "unreadable";
  return new Failure(code, `GitHub answered ${asked} without data: ${withoutSecrets(message)}`);
}

/** The failure code of a GraphQL error's `type`. */
export const GRAPHQL_CODES: Readonly<Record<string, FailureCode>> = {
  NOT_FOUND: "not-found",
  FORBIDDEN: "forbidden",
  INSUFFICIENT_SCOPES: "forbidden",
  UNPROCESSABLE: "conflict",
  STALE_DATA: "conflict",
  SERVICE_UNAVAILABLE: "unavailable",
};

/** Text without anything that has the shape of a GitHub credential. Installation tokens have no fixed length. */
export function withoutSecrets(text: string): string {
  return text.replace(/(?:gh[pousr]_|github_pat_)[A-Za-z0-9_.-]+/g, "[secret]");
}

const LIMIT_TEXT = /rate limit|abuse detection/i;
const HEAVY_TEXT = /resource limits?|something went wrong while executing your query|respond to your request in time/i;

function isLimitType(type: string): boolean {
  return type === "RATE_LIMITED" || type === "RATE_LIMIT";
}

function isTooHeavy(error: GraphqlError): boolean {
  return error.type === "RESOURCE_LIMITS_EXCEEDED" || HEAVY_TEXT.test(error.message);
}

function isRateLimit({ status, headers, message }: RefusedAnswer): boolean {
  if (status === 429) return true;
  const said = headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined;
  return status === 403 && (said || LIMIT_TEXT.test(message));
}

/** `retry-after` in seconds or as a date; else the end of an exhausted hour. */
function retryAtOf({ headers }: RefusedAnswer, now: Instant): Instant | undefined {
  const after = headers["retry-after"]?.trim();
  if (after !== undefined) return /^\d{1,7}$/.test(after) ? plus(now, Number(after) * 1000) : toInstant(after);
  const reset = Number(headers["x-ratelimit-reset"]);
  if (headers["x-ratelimit-remaining"] !== "0" || !(reset > 0)) return undefined;
  return toInstant((reset + 1) * 1000);
}
