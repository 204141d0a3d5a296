import type { StoredPullRequest } from "../db/pull-requests.ts";
import type { Project } from "../domain/project.ts";
import type { Forge, PullRequestLife, RepositoryName } from "../lib/forge.ts";
import type { FlowContext } from "./context.ts";

/** A pull request of ours that is still open, as we know it and as it is. */
export type LivingPullRequest = { readonly stored: StoredPullRequest; readonly life: PullRequestLife };

/** What a line of the log says of it besides its address. */
export function idsOf({ candidates }: StoredPullRequest): { readonly candidate: string } {
  return { candidate: candidates.map(({ id }) => id).join(" ") };
}

/** Where a project's pull requests are, if it has a forge. */
export type ForgeOf = { readonly forge: Forge; readonly repository: RepositoryName };

/** The forge of a project; undefined for a local folder, without a credential, or when pull requests are off. */
export function forgeOf(flow: FlowContext, project: Project): ForgeOf | undefined {
  const { source } = project;
  if (flow.forge === undefined || source.kind !== "github" || flow.deliver["pull-request"] === undefined)
    return undefined;
  return { forge: flow.forge, repository: { owner: source.owner, name: source.name } };
}
