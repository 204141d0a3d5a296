import type { GraphQLResolveInfo } from "graphql";
import type { Asker } from "./change-refs.ts";
import { type CommitObject, getObject, type TagObject } from "./git-objects.ts";
import { refusal } from "./refusal.ts";
import {
  findRepositoryById,
  type GithubWorld,
  type Label,
  type PullRequest,
  type Release,
  type ReleaseAsset,
  type Repository,
} from "./world.ts";

/** What a GraphQL object stands for in the world. `__typename` chooses the resolvers. */
type Handle<Type extends string, Content = unknown> = { readonly __typename: Type } & Content;
export type InRepository = { readonly repository: Repository };
export type RepositoryHandle = Handle<"Repository", InRepository>;
export type ReleaseHandle = Handle<"Release", InRepository & { readonly release: Release }>;
export type AssetHandle = Handle<
  "ReleaseAsset",
  InRepository & { readonly release: Release; readonly asset: ReleaseAsset }
>;
export type PullRequestHandle = Handle<"PullRequest", InRepository & { readonly pull: PullRequest }>;
export type LabelHandle = Handle<"Label", InRepository & { readonly label: Label }>;
export type RefHandle = Handle<"Ref", InRepository & { readonly fullName: string }>;
export type CommitHandle = Handle<"Commit", InRepository & { readonly oid: string; readonly commit: CommitObject }>;
export type TagHandle = Handle<"Tag", InRepository & { readonly oid: string; readonly tag: TagObject }>;
export type BlobHandle = Handle<"Blob", InRepository & { readonly oid: string; readonly bytes: Buffer }>;
export type TreeHandle = Handle<"Tree", InRepository & { readonly oid: string; readonly path: string }>;
export type ActorHandle = Handle<
  "User" | "Bot" | "Organization",
  { readonly login: string; readonly isVerified?: boolean }
>;

/** Arguments that resolvers read; the schema has validated them. */
export type Arguments = {
  readonly [Name in
    | "owner"
    | "name"
    | "query"
    | "refPrefix"
    | "tagName"
    | "qualifiedName"
    | "expression"
    | "oid"
    | "headRefName"
    | "baseRefName"
    | "since"
    | "until"
    | "id"
    | "path"
    | "after"
    | "before"]?: string | null;
} & {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly number?: number | null;
  readonly followRenames?: boolean | null;
  readonly states?: readonly string[] | null;
  readonly labels?: readonly string[] | null;
  readonly ids?: readonly string[] | null;
  readonly itemTypes?: readonly string[] | null;
  readonly filterBy?: { readonly since?: string | null } | null;
  readonly orderBy?: { readonly field: string; readonly direction: "ASC" | "DESC" } | null;
};

/** What one request is about. */
export type Context = Asker & {
  readonly web: string;
  readonly rate: {
    readonly cost: number;
    readonly nodeCount: number;
    readonly limit: number;
    readonly used: number;
    readonly remaining: number;
    readonly resetAt: string;
  };
};

/** The resolvers of one type. Fields without one get the property of the handle, or the type's default. */
export type Fields<Source, Given = Arguments> = Readonly<
  Record<string, (source: Source, given: Given, context: Context, info: GraphQLResolveInfo) => unknown>
>;

/** The object with this id, as GraphQL shows it; null when there is none. */
export function gitObject(
  repository: Repository,
  oid: string,
  path = "",
): CommitHandle | TagHandle | BlobHandle | TreeHandle | null {
  const object = repository.objects.get(oid);
  if (object?.type === "commit") return { __typename: "Commit", repository, oid, commit: object };
  if (object?.type === "tag") return { __typename: "Tag", repository, oid, tag: object };
  if (object?.type === "blob") return { __typename: "Blob", repository, oid, bytes: object.bytes };
  return object === undefined ? null : { __typename: "Tree", repository, oid, path };
}

/** The commit with this id; null when there is none. */
export function commitHandle(repository: Repository, oid: string | undefined): CommitHandle | null {
  const commit = getObject(repository.objects, oid, "commit");
  return commit === undefined || oid === undefined ? null : { __typename: "Commit", repository, oid, commit };
}

/** The ref of that full name; null when there is none. */
export function refHandle(repository: Repository, fullName: string): RefHandle | null {
  return repository.refs.has(fullName) ? { __typename: "Ref", repository, fullName } : null;
}

/** A person, or a bot when the login says so. */
export function actor(login: string): ActorHandle {
  return { __typename: login.endsWith("[bot]") ? "Bot" : "User", login: login.replace(/\[bot\]$/, "") };
}

/** Opaque to clients, readable to us: a prefix, the repository's id, and what it is inside. */
export function nodeId(prefix: string, repository: Repository, inside: string | number = ""): string {
  return `${prefix}_${Buffer.from(`${repository.databaseId}:${inside}`).toString("base64url")}`;
}

/** What a node id names; refuses as GitHub does when it names nothing. */
export function readNodeId(world: GithubWorld, id: string, prefix: string): InRepository & { readonly inside: string } {
  const [databaseId, ...inside] = Buffer.from(id.slice(prefix.length + 1), "base64url")
    .toString()
    .split(":");
  const repository = id.startsWith(`${prefix}_`) ? findRepositoryById(world, Number(databaseId)) : undefined;
  if (repository === undefined) throw unknownNode(id);
  return { repository, inside: inside.join(":") };
}

/** The pull request a node id names. */
export function readPullRequestId(world: GithubWorld, id: string): InRepository & { readonly pull: PullRequest } {
  const { repository, inside } = readNodeId(world, id, "PR");
  const pull = repository.pullRequests.find((one) => one.number === Number(inside));
  if (pull === undefined) throw unknownNode(id);
  return { repository, pull };
}

/** GitHub's answer to an id that names nothing. */
export function unknownNode(id: string) {
  return refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}
