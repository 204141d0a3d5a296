import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { parseJson } from "../json.ts";
import type { Draw } from "../limits/budget.ts";
import { toAnswerFailure } from "./failure.ts";
import type { Limit } from "./limit.ts";

/** Methods that GitHub's REST API knows (https://docs.github.com/en/rest). */
export type RestMethod = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** A REST answer below 400; `data` is undefined when there is no body. */
export type RestAnswer = {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
};

/** Sends one request with a bearer token. */
export type RestCall = (request: {
  readonly method: RestMethod;
  readonly path: string;
  readonly token: string;
  readonly body: unknown;
  readonly draw?: Draw | undefined;
}) => Promise<RestAnswer | Failure>;

/** Only fields that exist in this version and the one before it are read (https://docs.github.com/en/rest/about-the-rest-api/api-versions). */
const API_VERSION = "2026-03-10";

/** REST calls below one base URL. Nothing is sent while a limit lasts. */
export function createRestCall(options: {
  readonly fetcher: Fetcher;
  readonly api: string;
  readonly limit: Limit;
  readonly clock: () => Instant;
}): RestCall {
  const { fetcher, api, limit, clock } = options;
  return async ({ method, path, token, body, draw }) => {
    const blocked = limit.current();
    if (blocked !== undefined) return blocked;
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": API_VERSION,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetcher.fetch({ url: `${api}${path}`, method, headers, ...text, ...(draw && { draw }) });
    return limit.record(
      isFailure(answer) ? answer : toRestAnswer(answer, `${method} ${path}`, { at: clock(), strikes: limit.strikes() }),
    );
  };
}

function toRestAnswer(
  answer: FetchResponse,
  asked: string,
  { at, strikes }: { at: Instant; strikes: number },
): RestAnswer | Failure {
  const { status, headers } = answer;
  const text = new TextDecoder().decode(answer.body);
  const data = parseJson(text);
  if (status >= 400) return toAnswerFailure({ status, headers, message: messageOf(data), asked }, at, strikes);
  if (status >= 300 && status !== 304) {
    return new Failure("gone", `GitHub answered ${status} to ${asked}: the repository was renamed or moved.`);
  }
  if (data === undefined && text.trim() !== "") {
    return new Failure("unreadable", `GitHub's answer to ${asked} is not JSON.`);
  }
  return { status, data, headers };
}

const PROBLEM = z.object({
  message: z.string().catch(""),
  errors: z.array(z.object({ message: z.string() })).catch([]),
});

/** GitHub's own words, with the details of a failed validation. */
function messageOf(data: unknown): string {
  const problem = PROBLEM.safeParse(data);
  if (!problem.success) return "";
  return [problem.data.message, ...problem.data.errors.map((error) => error.message)].filter(Boolean).join(": ");
}
