import { GraphqlResponseError, graphql } from "@octokit/graphql";
import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { asFetch } from "../http/fetch-adapter.ts";
import type { Draw } from "../limits/budget.ts";
import { type GraphqlError, toAnswerFailure, toGraphqlFailure } from "./failure.ts";
import type { Limit } from "./limit.ts";

/** A GraphQL answer. `data` may be partial: then `errors` says which aliases are missing, and why. */
export type GraphqlAnswer = {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly GraphqlError[];
};

type QueryOptions = {
  readonly fetcher: Fetcher;
  readonly url: string;
  readonly limit: Limit;
  readonly clock: () => Instant;
};

/** Sends one query with a token. Nothing is sent while a limit lasts. */
export function createQuery({ fetcher, url, limit, clock }: QueryOptions) {
  const send = graphql.defaults({ url });
  return async (document: string, variables: Readonly<Record<string, unknown>>, token: string, draw: Draw) => {
    const blocked = limit.current();
    if (blocked !== undefined) return blocked;
    const fetch = asFetch(underOurName(fetcher, draw));
    const request = { fetch, log: SILENT, hook: parsedHere, parseSuccessResponseBody: false };
    const answer = await settle(
      send(document, { ...variables, request, headers: { authorization: `bearer ${token}` } }),
    );
    return limit.record(toGraphqlAnswer(answer, clock(), limit.strikes()));
  };
}

type Unread = { readonly data: ReadableStream | null };

/**
 * A hook of `@octokit/request`: its own parser reads every number of a body as one that may be too large, which costs as
 * much as all else that is done with an answer.
 */
async function parsedHere<Options>(request: (options: Options) => Promise<Unread>, options: Options) {
  const response = await request(options);
  return { ...response, data: bodyOf(await new Response(response.data).text()) };
}

/** What is no JSON has no data, and is told as that. */
function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

/** GitHub answers a query that takes longer than ten seconds with one of these; that says nothing of GitHub's health. */
const TOO_MUCH = [502, 504];

/** Octokit would introduce itself instead of us: without a name of its own, a request gets the fetcher's. */
function underOurName(fetcher: Fetcher, draw: Draw): Fetcher {
  return {
    ...fetcher,
    fetch: (request) => {
      const { "user-agent": _octokit, ...headers } = request.headers ?? {};
      const writes = typeof request.body !== "string" || /^\{"query":"\s*mutation\b/.test(request.body);
      const repeatable = writes ? false : "when-lost";
      return fetcher.fetch({ ...request, headers, repeatable, blamelessStatuses: TOO_MUCH, draw });
    },
  };
}

type Settled = { readonly data: unknown } | { readonly thrown: unknown };

function settle(answer: Promise<unknown>): Promise<Settled> {
  return answer.then(
    (data) => ({ data }),
    (thrown: unknown) => ({ thrown }),
  );
}

/** `@octokit/graphql` throws whenever there are errors, even beside usable data. */
function toGraphqlAnswer(settled: Settled, at: Instant, strikes: number): GraphqlAnswer | Failure {
  const data = DATA.safeParse("data" in settled ? settled.data : undefined);
  if (data.success) return { data: data.data, errors: [] };
  if (!("thrown" in settled)) return new Failure("unreadable", "GitHub's answer to a GraphQL query has no data.");
  const { thrown } = settled;
  if (thrown instanceof GraphqlResponseError) {
    const partial = DATA.safeParse(thrown.data);
    const errors = ERRORS.parse(thrown.errors);
    const headers = HEADERS.parse(thrown.headers);
    const failure = toGraphqlFailure({ hasData: partial.success, errors }, headers, at, strikes);
    return failure ?? { data: partial.data ?? {}, errors };
  }
  return toThrownFailure(thrown, at, strikes);
}

/** What octokit throws carries the request with its credential: it never becomes a cause. */
function toThrownFailure(thrown: unknown, at: Instant, strikes: number): Failure {
  if (thrown instanceof Error && isFailure(thrown.cause)) return thrown.cause;
  const asked = "a GraphQL query";
  const answered = ANSWERED.safeParse(thrown);
  if (!answered.success) return new Failure("unavailable", "GitHub could not be reached for a GraphQL query.");
  const { status, response } = answered.data;
  const { headers, data } = response;
  return toAnswerFailure({ status, headers, message: data.message, asked }, at, strikes);
}

const DATA = z.record(z.string(), z.unknown());
const HEADERS = z.record(z.string(), z.string().optional().catch(undefined)).catch({});
const ERRORS = z
  .array(
    z.object({
      type: z.string().catch(""),
      path: z.array(z.union([z.string(), z.number()])).catch([]),
      message: z.string().catch(""),
    }),
  )
  .catch([{ type: "", path: [], message: "" }]);
const ANSWERED = z.object({
  status: z.number(),
  response: z.object({ headers: HEADERS, data: z.object({ message: z.string().catch("") }).catch({ message: "" }) }),
});

const quiet = () => undefined;
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };
