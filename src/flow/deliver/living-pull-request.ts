import type { StoredPullRequest } from "../../db/deliveries/pull-requests.ts";
import { MINUTE } from "../../domain/instant.ts";
import type { Project } from "../../domain/project.ts";
import type { RepositoryName } from "../../lib/forge/branch.ts";
import type { Forge, WatchedForge } from "../../lib/forge/forge.ts";
import type { PullRequestLife } from "../../lib/forge/pull-request.ts";
import type { FlowContext } from "../context.ts";

/** For so long after a merge a forge may still show files from before it. Milliseconds. */
export const FORGE_LAG = 10 * MINUTE;

/** A pull request of ours that is still open, as we know it and as it is. */
export type LivingPullRequest = { readonly stored: StoredPullRequest; readonly life: PullRequestLife };

/** What a line of the log says of it besides its address. */
export function idsOf({ candidates }: StoredPullRequest): { readonly candidate: string } {
  return { candidate: candidates.map(({ id }) => id).join(" ") };
}

/** Where a project's pull requests are, if it has a forge. */
export type ForgeOf = { readonly forge: Forge; readonly repository: RepositoryName };

/** The forge that a project is on, with a credential or without one; undefined for a local folder. */
export function watchedForge({ forges }: FlowContext, { source }: Pick<Project, "source">): WatchedForge | undefined {
  return source.kind === "path" ? undefined : forges[source.kind];
}

/** Where a project's pull requests are; undefined for a local folder, without a credential, or when they are off. */
export function forgeOf(flow: FlowContext, { source }: Project): ForgeOf | undefined {
  if (source.kind === "path" || flow.deliver["pull-request"] === undefined) return undefined;
  const { forge } = flow.forges[source.kind];
  return forge === undefined ? undefined : { forge, repository: { owner: source.owner, name: source.name } };
}
