import { accountNumber } from "./commits.ts";
import { canSee } from "./credentials.ts";
import {
  type Arguments,
  actor,
  type Context,
  type Fields,
  gitObject,
  readNodeId,
  readPullRequestId,
  refHandle,
  unknownNode,
} from "./handles.ts";
import { refusal } from "./refusal.ts";
import { findRepository } from "./world.ts";

/** `Query`: what Headgate may ask for at the root. Anything else is refused, so that no test passes on a guess. */
export const QUERY: Fields<unknown> = {
  repository: (_, given, context) => visibleRepository(given, context),
  rateLimit: (_, __, { rate }) => rate,
  viewer: (_, __, { credential }) => viewer(credential?.login ?? "nobody"),
  node: (_, { id }, context) => node(id ?? "", context),
  nodes: (_, { ids }, context) => (ids ?? []).map((id) => node(id, context)),
  user: (_, given) => actorWithId((given as { login?: string }).login ?? ""),
};

/** Whoever asks, under the whole name: that of a bot with its ending. */
function viewer(login: string) {
  return { __typename: "User" as const, login, databaseId: accountNumber(login), name: null };
}

/** The id under which `user(login)` is known to `requestReviews`. */
export function actorWithId(login: string) {
  return { ...actor(login), id: `U_${Buffer.from(login).toString("base64url")}` };
}

function visibleRepository({ owner, name, followRenames }: Arguments, { world, credential }: Context) {
  const repository = findRepository(world, owner ?? "", name ?? "", followRenames ?? true);
  if (repository?.blocked === true) throw refusal("FORBIDDEN", "Repository access blocked");
  if (repository !== undefined && canSee(credential, repository)) return { __typename: "Repository", repository };
  throw refusal("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
}

function node(id: string, { world }: Context): unknown {
  const prefix = id.split("_")[0] ?? "";
  if (prefix === "PR") return { __typename: "PullRequest", ...readPullRequestId(world, id) };
  const { repository, inside } = readNodeId(world, id, prefix);
  const releases = repository.releases.map((release) => ({ __typename: "Release", repository, release }));
  const labels = repository.labels.map((label) => ({ __typename: "Label", repository, label }));
  const found: Record<string, () => unknown> = {
    R: () => ({ __typename: "Repository", repository }),
    RE: () => releases.find(({ release }) => release.databaseId === Number(inside)),
    LA: () => labels.find(({ label }) => label.databaseId === Number(inside)),
    REF: () => refHandle(repository, inside),
    GO: () => gitObject(repository, inside),
  };
  const thing = found[prefix]?.();
  if (thing === undefined || thing === null) throw unknownNode(id);
  return thing;
}
