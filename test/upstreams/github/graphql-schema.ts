import { buildSchema, type GraphQLSchema, isScalarType } from "graphql";

/** github.com, or an older Enterprise Server without the fields that the published schema does not have yet. */
export type Edition = "current" | "enterprise";

const NEWER = `
  extend type Release { immutable: Boolean! }
  extend type ReleaseAsset { digest: String }
`;

const built: Partial<Record<Edition, Promise<GraphQLSchema>>> = {};

/** GitHub's published schema. Built on first use and kept for the process: it takes half a second. */
export function githubSchema(edition: Edition): Promise<GraphQLSchema> {
  built[edition] ??= build(edition);
  return built[edition];
}

async function build(edition: Edition): Promise<GraphQLSchema> {
  const { schema: published } = await import("@octokit/graphql-schema");
  const text = edition === "current" ? published.idl + NEWER : published.idl;
  const schema = buildSchema(text, { assumeValid: true });
  for (const name of ["DateTime", "GitTimestamp"]) {
    const scalar = schema.getType(name);
    if (isScalarType(scalar)) scalar.serialize = withoutFraction;
  }
  return schema;
}

/** GitHub writes dates to the second. */
function withoutFraction(date: unknown): string {
  return String(date).replace(/\.\d+Z$/, "Z");
}
