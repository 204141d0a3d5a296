import type { Failure } from "./failure.ts";

/** A GraphQL answer. `data` may be partial: then `errors` says which aliases are missing, and why. */
export type GraphqlAnswer = {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly {
    readonly type: string;
    readonly path: readonly (string | number)[];
    readonly message: string;
  }[];
};

/** GitHub with a credential. Secrets stay inside; callers validate the data with their own schema. */
export type GitHub = {
  /** An App's commits are signed when made through the git data API; a token's only through `createCommitOnBranch`. */
  readonly credential: "app" | "token";
  readonly graphql: (
    document: string,
    variables: Readonly<Record<string, unknown>>,
  ) => Promise<GraphqlAnswer | Failure>;
  /** `path` begins with a slash and is below the API's base URL. Statuses of 400 and above are failures. */
  readonly rest: (
    method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
  ) => Promise<
    { readonly status: number; readonly data: unknown; readonly headers: Readonly<Record<string, string>> } | Failure
  >;
};
