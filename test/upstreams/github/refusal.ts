import { GraphQLError } from "graphql";

/** Why GitHub does not do what it was asked; the GraphQL type. REST has a status for each. */
export type RefusalType = "NOT_FOUND" | "FORBIDDEN" | "UNPROCESSABLE" | "STALE_DATA";

const STATUS: Readonly<Record<RefusalType, number>> = {
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  UNPROCESSABLE: 422,
  STALE_DATA: 409,
};

/** A refusal as both interfaces report it. `resource`: REST wraps the message into a list of validation errors. */
export function refusal(
  type: RefusalType,
  message: string,
  rest: { readonly resource?: string; readonly message?: string; readonly accepted?: string } = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { type, status: STATUS[type], rest } });
}
