import { GraphqlResponseError, graphql } from "@octokit/graphql";
import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { parseJson } from "../json.ts";
import type { Draw } from "../limits/budget.ts";
import { type GraphqlError, type RefusedAnswer, toAnswerFailure, toGraphqlFailure } from "./failure.ts";
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

/** Sends one query with a token. Nothing is sent while a limit lasts. */
export function createQuery({ fetcher, url, limit, clock }: QueryOptions) {
  const send = graphql.defaults({ url });
  return async (document: string, variables: Readonly<Record<string, unknown>>, token: string, draw: Draw) => {
    const blocked = limit.current();
    if (blocked !== undefined) return blocked;
    const refusalOf = (answer: Refusal) => toAnswerFailure({ ...answer, asked: ASKED }, clock(), limit.strikes());
    const hook = createHook(fetcher, draw, refusalOf);
    const headers = { authorization: `bearer ${token}` };
    const answer = await send<unknown>(document, { ...variables, headers, request: { hook } }).then(
      (data) => ({ data }),
      (thrown: unknown) => ({ thrown }),
    );
    return limit.record(toGraphqlAnswer(answer, clock(), limit.strikes()));
  };
}

type Refusal = Omit<RefusedAnswer, "asked">;

/** What octokit hands to its hook, of all that it could send. */
type Prepared = {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
};

/** Octokit would use a browser's `fetch` and a parser of its own: its hook lets a query go out as all other requests do. Throws a `Failure`. */
function createHook(fetcher: Fetcher, draw: Draw, refusalOf: (answer: Refusal) => Failure) {
  return async (_request: unknown, { url, headers: { authorization }, query, variables }: Prepared) => {
    const answer = await fetcher.fetch({
      url,
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        authorization: String(authorization),
      },
      body: JSON.stringify({ query, variables }),
      repeatable: /^\s*mutation\b/.test(query) ? false : "when-lost",
      blamelessStatuses: TOO_MUCH,
      draw,
    });
    if (isFailure(answer)) throw answer;
    const { status, headers } = answer;
    const data = OBJECT.parse(parseJson(answer.body));
    if (status >= 400) throw refusalOf({ status, headers, message: MESSAGE.parse(data).message });
    return { status, headers, url, data };
  };
}

/** Octokit throws whenever there are errors, even beside usable data. What it throws holds the request: it never becomes a cause. */
function toGraphqlAnswer(
  answer: { readonly data: unknown } | { readonly thrown: unknown },
  at: Instant,
  strikes: number,
): GraphqlAnswer | Failure {
  if ("data" in answer) {
    const whole = DATA.safeParse(answer.data);
    if (whole.success) return { data: whole.data, errors: [] };
    return new Failure("unreadable", "GitHub's answer to a GraphQL query has no data.");
  }
  const { thrown } = answer;
  if (isFailure(thrown)) return thrown;
  if (!(thrown instanceof GraphqlResponseError)) throw thrown; // a mistake of ours, such as a variable called `query`
  const partial = DATA.safeParse(thrown.data);
  const errors = ERRORS.parse(thrown.errors);
  const failure = toGraphqlFailure({ hasData: partial.success, errors }, HEADERS.parse(thrown.headers), at, strikes);
  return failure ?? { data: partial.data ?? {}, errors };
}

const ASKED = "a GraphQL query";
const DATA = z.record(z.string(), z.unknown());
/** What is no JSON object has no data, and is told as that. */
const OBJECT = DATA.catch({});
const MESSAGE = z.object({ message: z.string().catch("") });
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
