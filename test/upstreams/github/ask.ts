/** What GraphQL answered: the body's fields beside status and headers. */
export type GraphqlReply = {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly Readonly<Record<string, unknown>>[];
  readonly message?: string;
};

/** Asks a stand-in's GraphQL as any client would. Without a token no credential is sent. */
export async function askGraphql(
  url: string,
  query: string,
  given: { readonly token?: string | undefined; readonly variables?: object } = {},
): Promise<GraphqlReply> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: given.token === undefined ? {} : { authorization: `Bearer ${given.token}` },
    body: JSON.stringify({ query, variables: given.variables ?? {} }),
  });
  const body = (await response.json()) as object;
  return { ...body, status: response.status, headers: response.headers };
}
