import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { BLOB, COMMIT, REF, TAG, TREE } from "./fields-git.ts";
import { MUTATION } from "./fields-mutation.ts";
import { LABEL, PULL_REQUEST } from "./fields-pull-request.ts";
import { QUERY } from "./fields-query.ts";
import { RELEASE, RELEASE_ASSET } from "./fields-release.ts";
import { REPOSITORY } from "./fields-repository.ts";
import type { Context, Fields } from "./handles.ts";
import { refusal } from "./refusal.ts";

const FIELDS: Readonly<Record<string, Fields<never, never>>> = {
  Query: QUERY,
  Mutation: MUTATION,
  Repository: REPOSITORY,
  Release: RELEASE,
  ReleaseAsset: RELEASE_ASSET,
  Ref: REF,
  Commit: COMMIT,
  Tag: TAG,
  Blob: BLOB,
  Tree: TREE,
  PullRequest: PULL_REQUEST,
  Label: LABEL,
};

const EPOCH = "1970-01-01T00:00:00Z";
const SCALARS: Readonly<Record<string, unknown>> = {
  Boolean: false,
  Int: 0,
  Float: 0,
  DateTime: EPOCH,
  GitTimestamp: EPOCH,
};
const EMPTY_CONNECTION = {
  totalCount: 0,
  nodes: [],
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};

/** Every field of the schema: our resolver, else the property of the handle, else the type's emptiest value. */
export const resolveField: GraphQLFieldResolver<unknown, Context> = (source, given, context, info) => {
  const type = info.parentType.name;
  const resolve = FIELDS[type]?.[info.fieldName];
  if (resolve !== undefined) return resolve(source as never, given as never, context, info) ?? null;
  if (type === "Query" || type === "Mutation") {
    throw refusal("UNPROCESSABLE", `this stand-in does not know ${type}.${info.fieldName}`);
  }
  const own = (source as Record<string, unknown>)[info.fieldName];
  return own === undefined ? emptiest(info.returnType) : own;
};

function emptiest(type: GraphQLOutputType): unknown {
  if (!isNonNullType(type)) return isObjectType(type) && type.name.endsWith("Connection") ? EMPTY_CONNECTION : null;
  const inner = type.ofType;
  if (isListType(inner)) return [];
  if (isEnumType(inner)) return inner.getValues()[0]?.value;
  if (isObjectType(inner)) return inner.name.endsWith("Connection") ? EMPTY_CONNECTION : {};
  return SCALARS[inner.name] ?? "";
}
