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

/** What the REST API answered: objects and lists as they are, anything else as `text`. */
export type RestReply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { sha: string };
};

/** Asks a stand-in's REST API as any client would; redirects are answers. */
export async function askRest(
  url: string,
  method: string,
  given: { readonly token?: string; readonly body?: object; readonly headers?: object } = {},
): Promise<RestReply> {
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { ...(given.token && { authorization: `Bearer ${given.token}` }), ...given.headers },
    ...(given.body && { body: JSON.stringify(given.body) }),
  });
  const text = await response.text();
  const body = text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : { text };
  return { status: response.status, headers: response.headers, body };
}
