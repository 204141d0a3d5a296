import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLSchema,
  parse,
  type ValidationRule,
  validate,
} from "graphql";
import type { Answer, Received } from "../stand-in.ts";
import { restError, tooSlow } from "./answers.ts";
import { whoAsks } from "./credentials.ts";
import { type Edition, githubSchema } from "./graphql-schema.ts";
import type { Context } from "./handles.ts";
import { costOf } from "./query-cost.ts";
import { type RateAccounts, rateHeaders } from "./rate-limit.ts";
import { resolveField } from "./resolve-field.ts";
import type { Credential, GithubWorld } from "./world.ts";

/** The GraphQL endpoint over a world: validated against the published schema, counted by GitHub's formula. */
export function graphqlEndpoint(
  world: GithubWorld,
  rates: RateAccounts,
  options: {
    readonly web: () => string;
    readonly edition: Edition;
    readonly maxAliases: () => number;
    readonly trusting: boolean;
  },
): (request: Received) => Promise<Answer> {
  const parsed = new Map<string, DocumentNode | GraphQLError[]>();

  return async (request) => {
    const credential = whoAsks(world, request.headers.authorization);
    if (credential === "bad") return restError(401, "Bad credentials");
    if (credential === undefined) return restError(401, "This endpoint requires you to be authenticated.");
    const body = readBody(request.body);
    if (body === undefined) return restError(400, "Problems parsing JSON");
    const schema = await githubSchema(options.edition);
    const document = parsed.get(body.query) ?? readDocument(schema, body.query, options.trusting ? [] : undefined);
    if (parsed.size < 1000) parsed.set(body.query, document);
    if (Array.isArray(document)) return answer(rates(credential, "graphql", 1), { errors: document.map(invalidity) });
    return run({ ...body, schema, document, credential });
  };

  async function run(query: Query): Promise<Answer> {
    const { schema, document, credential } = query;
    const cost = costOf(schema, document, query.variables);
    if (cost.mistakes.length > 0) return answer(rates(credential, "graphql", 1), { errors: cost.mistakes });
    const standing = rates(credential, "graphql", cost.points);
    if (!standing.granted) return answer(standing, { errors: [exceeded(credential.login)] });
    if (cost.aliases > options.maxAliases()) return tooSlow();
    const rate = { ...standing, cost: cost.points, nodeCount: cost.nodes };
    const contextValue: Context = { world, credential, web: options.web(), rate };
    const { data, errors } = await execute({
      schema,
      document,
      contextValue,
      variableValues: query.variables,
      operationName: query.operationName,
      fieldResolver: resolveField,
    });
    return answer(standing, {
      ...(data !== undefined && { data }),
      ...(errors !== undefined && { errors: errors.map(failure) }),
    });
  }
}

type Query = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly credential: Credential;
};

function answer(standing: Parameters<typeof rateHeaders>[0], body: object): Answer {
  return { headers: rateHeaders(standing), body };
}

function readBody(bytes: Buffer) {
  try {
    const { query, variables, operationName } = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
    return {
      query: String(query ?? ""),
      variables: (variables ?? {}) as Record<string, unknown>,
      operationName: typeof operationName === "string" ? operationName : undefined,
    };
  } catch {
    return undefined; // not JSON
  }
}

/** `rules`: those of the specification unless given. */
function readDocument(
  schema: GraphQLSchema,
  query: string,
  rules: readonly ValidationRule[] | undefined,
): DocumentNode | GraphQLError[] {
  try {
    const document = parse(query);
    const errors = validate(schema, document, rules);
    return errors.length > 0 ? [...errors] : document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

/** A document that is refused as a whole: GitHub words an unknown field its own way, and adds a code. */
function invalidity({ message, locations }: GraphQLError): object {
  const [, fieldName, typeName] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? [];
  if (fieldName === undefined) return { message, locations };
  return {
    path: ["query", fieldName],
    extensions: { code: "undefinedField", typeName, fieldName },
    locations,
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
  };
}

/** A field that failed: GitHub puts the type beside the message, not into `extensions`. */
function failure({ message, path, locations, extensions }: GraphQLError): object {
  const type = extensions.type;
  return { ...(typeof type === "string" && { type }), ...(path !== undefined && { path }), locations, message };
}

function exceeded(login: string): object {
  return { type: "RATE_LIMITED", message: `API rate limit exceeded for user ${login}.` };
}
