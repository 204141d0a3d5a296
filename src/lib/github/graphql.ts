import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { parseJson } from "../json.ts";
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

/** GitHub answers a query that takes longer than ten seconds with one of these; that says nothing of GitHub's health. */
const TOO_MUCH = [502, 504];

/** Sends one query with a token (https://graphql.github.io/graphql-over-http/draft). Nothing is sent while a limit lasts. */
export function createQuery({ fetcher, url, limit, clock }: QueryOptions) {
  return async (document: string, variables: Readonly<Record<string, unknown>>, token: string, draw: Draw) => {
    const blocked = limit.current();
    if (blocked !== undefined) return blocked;
    const answer = await fetcher.fetch({
      url,
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json", authorization: `bearer ${token}` },
      body: JSON.stringify({ query: document, variables }),
      repeatable: /^\s*mutation\b/.test(document) ? false : "when-lost",
      blamelessStatuses: TOO_MUCH,
      draw,
    });
    return limit.record(isFailure(answer) ? answer : toGraphqlAnswer(answer, clock(), limit.strikes()));
  };
}

const ASKED = "a GraphQL query";

/** What is no JSON has no data, and is told as that. */
function toGraphqlAnswer(answer: FetchResponse, at: Instant, strikes: number): GraphqlAnswer | Failure {
  const { status, headers } = answer;
  const body = BODY.parse(parseJson(answer.body));
  if (status >= 400) return toAnswerFailure({ status, headers, message: body.message, asked: ASKED }, at, strikes);
  const { data, errors } = body;
  if (errors === undefined)
    return data === undefined
      ? new Failure("unreadable", "GitHub's answer to a GraphQL query has no data.")
      : { data, errors: [] };
  const failure = toGraphqlFailure({ hasData: data !== undefined, errors }, headers, at, strikes);
  return failure ?? { data: data ?? {}, errors };
}

const ERRORS = z
  .array(
    z.object({
      type: z.string().catch(""),
      path: z.array(z.union([z.string(), z.number()])).catch([]),
      message: z.string().catch(""),
    }),
  )
  .catch([{ type: "", path: [], message: "" }]);
const NOTHING = { data: undefined, errors: undefined, message: "" };
const BODY = z
  .object({
    data: z.record(z.string(), z.unknown()).optional().catch(undefined),
    errors: ERRORS.nullish().transform((errors) => errors ?? undefined),
    message: z.string().catch(""),
  })
  .catch(NOTHING);
