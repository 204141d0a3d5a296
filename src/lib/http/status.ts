import type { ZodType } from "zod";
import { Failure, type FailureCode, isFailure } from "../failure.ts";
import type { FetchResponse } from "../fetcher.ts";
import { isExhausted, retryAtOf } from "./retry-after.ts";

const CODES: Readonly<Record<number, FailureCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  408: "timeout",
  409: "conflict",
  410: "gone",
  412: "conflict",
  413: "too-large",
  429: "rate-limited",
  451: "gone",
};

/** The failure that an answer stands for which is not the one hoped for. `what` is its subject: "the tags of library/python". */
export function failureOfStatus(response: FetchResponse, what: string): Failure {
  const { status } = response;
  const retryAt = retryAtOf(response, Date.now());
  const code = status === 403 && isExhausted(response) ? "rate-limited" : codeOf(status);
  const until = retryAt === undefined ? "" : `, to be asked again at ${retryAt}`;
  return new Failure(code, `${what}: ${new URL(response.url).host} answered ${status}${until}`, { retryAt });
}

/** The JSON of an answer, checked; an `unreadable` failure when it is not JSON or not of that shape. */
export function readJson<Value>(response: FetchResponse, schema: ZodType<Value>): Value | Failure {
  const parsed = parseJson(response);
  if (isFailure(parsed)) return parsed;
  const checked = schema.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.map(String).join(".")}`;
  return new Failure("unreadable", `${hostOf(response)} answered JSON of an unknown shape${where}`);
}

function parseJson(response: FetchResponse): unknown | Failure {
  try {
    return JSON.parse(new TextDecoder().decode(response.body)) as unknown;
  } catch (error) {
    return new Failure("unreadable", `${hostOf(response)} answered something that is not JSON`, { cause: error });
  }
}

function codeOf(status: number): FailureCode {
  return CODES[status] ?? (status >= 500 ? "unavailable" : "unreadable");
}

function hostOf(response: FetchResponse): string {
  return new URL(response.url).host;
}
